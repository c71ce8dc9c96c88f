// Commands and options that there are not, and values that are missing or too many.

/** Arguments, exit code, message, hint; {here} is the folder that all of it happens in. */
export type Row = readonly [args: readonly string[], code: number, message: string, hint: string];

export const COMMANDS: readonly Row[] = [
  [["fly"], 2, 'There is no command "fly".', "`sandstack --help` shows what there is."],
  [["exce", "a", "--", "true"], 2, 'There is no command "exce".', "Did you mean `sandstack exec`?"],
  [["ps"], 2, 'There is no command "ps".', "Did you mean `sandstack ls`?"],
  [["rm", "agent"], 2, 'There is no command "rm".', "Did you mean `sandstack kill`?"],
  [["delete", "agent"], 2, 'There is no command "delete".', "Did you mean `sandstack kill`?"],
  [["list"], 2, 'There is no command "list".', "Did you mean `sandstack ls`?"],
  [["ssh", "agent"], 2, 'There is no command "ssh".', "Did you mean `sandstack shell`?"],
  [["images"], 2, 'There is no command "images".', "Did you mean `sandstack image ls`?"],
  [
    ["build", "."],
    2,
    'There is no command "build".',
    "Images are built when `sandstack run`, `create`, `up` or `lock` needs them.",
  ],
  [["deploy"], 2, 'There is no command "deploy".', "Did you mean `sandstack up`?"],
  [["down"], 2, 'There is no command "down".', "Did you mean `sandstack destroy`?"],
  [["version"], 2, 'There is no command "version".', "Did you mean `sandstack --version`?"],
  [["image", "lss"], 2, 'There is no command "image lss".', "Did you mean `sandstack image ls`?"],
  [["image", "rm", "x"], 2, 'There is no command "image rm".', "Did you mean `sandstack image gc`?"],
  [["snapshot", "crate", "a"], 2, 'There is no command "snapshot crate".', "Did you mean `sandstack snapshot create`?"],
  [
    ["snapshot", "restore", "a", "b"],
    2,
    'There is no command "snapshot restore".',
    "Did you mean `sandstack rollback`?",
  ],
  [["stack", "new", "x"], 2, 'There is no command "stack new".', "Did you mean `sandstack stack init`?"],
];

export const OPTIONS: readonly Row[] = [
  [
    ["run", "--tll", "5m", "--", "true"],
    2,
    "--tll: there is no such option of `sandstack run`.",
    "Did you mean --ttl?",
  ],
  [
    ["run", "--mem", "1GiB", "--", "true"],
    2,
    "--mem: there is no such option of `sandstack run`.",
    "Did you mean --memory?",
  ],
  [
    ["run", "-it", "--", "bash"],
    2,
    "-it: there is no such option of `sandstack run`.",
    "A terminal is there in `sandstack shell SANDBOX`.",
  ],
  [
    ["run", "--rm", "--", "true"],
    2,
    "--rm: there is no such option of `sandstack run`.",
    "`sandstack run` always takes its sandbox away.",
  ],
  [
    ["run", "-v", ".:/w", "--", "true"],
    2,
    "-v: there is no such option of `sandstack run`.",
    "Nothing of this machine is mounted: --file here:/inside copies it in, and `sandstack cp` out.",
  ],
  [["run", "-e", "A=1", "--", "true"], 2, "-e: there is no such option of `sandstack run`.", "Did you mean --env?"],
  [
    ["create", "--detach"],
    2,
    "--detach: there is no such option of `sandstack create`.",
    "`sandstack create -- COMMAND` runs one in the background, and `sandstack logs` shows it.",
  ],
  [
    ["run", "--privileged", "--", "true"],
    2,
    "--privileged: there is no such option of `sandstack run`.",
    "There is no such thing; `--user root` is root inside, and powerless outside.",
  ],
  [
    ["run", "python3", "-c", "1"],
    2,
    "-c: there is no such option of `sandstack run`.",
    "A command's own options stand after --: `sandstack run [options] -- COMMAND...`. `sandstack run --help` shows those that there are.",
  ],
  [
    ["exec", "agent", "ls", "-l"],
    2,
    "-l: there is no such option of `sandstack exec`.",
    "A command's own options stand after --: `sandstack exec [options] SANDBOX -- COMMAND...`. `sandstack exec --help` shows those that there are.",
  ],
  [
    ["run", "--token=hunter2", "--", "true"],
    2,
    "--token: there is no such option of `sandstack run`.",
    "A command's own options stand after --: `sandstack run [options] -- COMMAND...`. `sandstack run --help` shows those that there are.",
  ],
  [
    ["kill", "--all"],
    2,
    "--all: there is no such option of `sandstack kill`.",
    "`sandstack kill --help` shows those that there are.",
  ],
  [["run"], 2, "run: COMMAND is missing.", "Usage: sandstack run [options] -- COMMAND..."],
  [["run", "--ttl"], 2, "--ttl: its value is missing.", "It is written --ttl <duration>: the sandbox ends after it."],
  [["exec", "agent"], 2, "exec: COMMAND is missing.", "Usage: sandstack exec [options] SANDBOX -- COMMAND..."],
  [["cp", "./a.txt"], 2, "cp: TO is missing.", "Usage: sandstack cp [options] <from> <to>"],
  [["config", "set"], 2, "config set: KEY is missing.", "Usage: sandstack config set [options] <key> [value]"],
  [["ls", "agent"], 2, 'ls: "agent" is one argument too many.', "Usage: sandstack ls [options]"],
  [["up", "prod"], 2, 'up: "prod" is one argument too many.', "Usage: sandstack up [options]"],
];

export const PATHS: readonly Row[] = [
  [
    ["run", "--file", "a.txt", "--", "true"],
    2,
    '--file: "a.txt" is not valid.',
    "--file takes here:/inside, the second an absolute path in the sandbox.",
  ],
  [
    ["run", "--file", "a.txt:tmp/a.txt", "--", "true"],
    2,
    '--file: "a.txt:tmp/a.txt" is not valid.',
    "--file takes here:/inside, the second an absolute path in the sandbox.",
  ],
  [
    ["run", "--file", "./nothere:/tmp/a", "--", "true"],
    1,
    '--file: "./nothere" is not on this machine.',
    "--file takes here:/inside, the first a file or directory of this machine.",
  ],
  [
    ["cp", "a.txt", "b.txt"],
    2,
    '"a.txt" and "b.txt" are both on this machine.',
    "One of the two is SANDBOX:/path; between sandboxes: sandstack cp A:/file - | sandstack cp - B:/file",
  ],
  [
    ["cp", "a:/x", "b:/y"],
    2,
    '"a:/x" and "b:/y" are both in sandboxes.',
    "One of the two is SANDBOX:/path; between sandboxes: sandstack cp A:/file - | sandstack cp - B:/file",
  ],
  [
    ["cp", "a.txt", "agent:b.txt"],
    2,
    'TO: "agent:b.txt" is not valid.',
    "TO takes SANDBOX:/path, the path absolute as the sandbox sees it.",
  ],
];
