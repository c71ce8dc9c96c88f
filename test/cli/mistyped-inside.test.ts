import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOCAL_TIERS } from "../../src/model/tier";
import { Sandbox } from "../../runtime";
import { sandstack } from "./cli";

// Answers that only a sandbox can give: to commands that can't be started, as a shell would number it, with what would be right.
// Not proven: files that no try here names, such as programs of other processors.

describe.each(LOCAL_TIERS)("%s", (tier) => {
  let sandbox: Sandbox;
  let here: string;

  beforeAll(async () => {
    sandbox = await Sandbox.create({ tier, ttl: "5m" });
    here = mkdtempSync(join(tmpdir(), "mistyped-inside-"));
    const script = (name: string, text: string, mode = 0o755) =>
      sandbox.files.write(`/tmp/${name}`, text, { mode, user: "agent" });
    await script("no-interpreter", "#!/usr/bin/pyton3 -u\n");
    await script("windows", "#!/bin/sh\r\necho never\r\n");
    await script("no-first-line", "no program\n");
    await script("not-executable", "#!/bin/sh\n", 0o644);
    // The machine's own program, whose loader has another name of the same length.
    const program = join(here, "other-libc");
    copyFileSync("/bin/true", program);
    const bytes = readFileSync(program, "latin1");
    expect(bytes).toMatch(/\/ld-linux-[\w.-]+\.so/);
    writeFileSync(program, bytes.replace("/ld-linux-", "/ld-other-"), "latin1");
    chmodSync(program, 0o755);
    await sandbox.files.copyIn(program, "/tmp/other-libc");
  });
  afterAll(async () => {
    await sandbox.kill();
    rmSync(here, { recursive: true });
  });

  const exec = (...args: string[]) => {
    const at = args.indexOf("--");
    return sandstack(["exec", ...args.slice(0, at), sandbox.sandboxId, ...args.slice(at)]);
  };
  const NONE = "No such file or directory";

  test.each([
    [
      ["--", "ls -la"],
      127,
      `command ls -la: ${NONE}`,
      "It is taken for the name of one program. Leave the quotes out: -- ls -la, or take a shell: -- sh -c 'ls -la'",
    ],
    [
      ["--", "echo 'a' && echo b"],
      127,
      `command echo 'a' && echo b: ${NONE}`,
      `A line for the shell is given to one: -- sh -c 'echo '\\''a'\\'' && echo b'`,
    ],
    [["--", "cd", "/tmp"], 127, `command cd /tmp: ${NONE}`, "Only a shell knows cd: -- sh -c 'cd /tmp'"],
    [
      ["--", "/tmp/no-interpreter"],
      127,
      `"/tmp/no-interpreter" can't be executed: its interpreter "/usr/bin/pyton3" is not in the sandbox.`,
      "The file's first line names it: #!/usr/bin/pyton3.",
    ],
    [
      ["--cwd", "/tmp", "--", "./no-interpreter"],
      127,
      `"/tmp/no-interpreter" can't be executed: its interpreter "/usr/bin/pyton3" is not in the sandbox.`,
      "The file's first line names it: #!/usr/bin/pyton3.",
    ],
    [
      ["--env", "PATH=/tmp:/bin", "--", "no-interpreter"],
      127,
      `"/tmp/no-interpreter" can't be executed: its interpreter "/usr/bin/pyton3" is not in the sandbox.`,
      "The file's first line names it: #!/usr/bin/pyton3.",
    ],
    [
      ["--", "/tmp/windows"],
      127,
      String.raw`"/tmp/windows" can't be executed: its interpreter "/bin/sh\r" is not in the sandbox.`,
      String.raw`The first line ends as on Windows: ${"`"}sed -i 's/\r$//' FILE${"`"} takes that away.`,
    ],
    [
      ["--", "/tmp/other-libc"],
      127,
      expect.stringMatching(
        /^"\/tmp\/other-libc" can't be executed: its loader ".*\/ld-other-.*" is not in the sandbox\.$/,
      ),
      "It was built for another C library: link it statically, or take an image that has that one.",
    ],
    [
      ["--", "/tmp/no-first-line"],
      126,
      "command /tmp/no-first-line: Exec format error",
      "Its first line names no interpreter such as #!/bin/sh, and it is no program for this processor.",
    ],
    [
      ["--", "/tmp/not-executable"],
      126,
      "command /tmp/not-executable: Permission denied",
      "The user may not execute it: chmod +x /tmp/not-executable",
    ],
    [["--", "/tmp"], 126, "command /tmp: Permission denied", "/tmp is a directory."],
    [
      ["--cwd", "/nothere", "--", "true"],
      1,
      `--cwd: "/nothere": ${NONE}.`,
      "--cwd takes the absolute path of a directory in the sandbox.",
    ],
    [
      ["--cwd", "tmp", "--", "true"],
      1,
      `--cwd: "tmp": not absolute.`,
      "--cwd takes the absolute path of a directory in the sandbox.",
    ],
    [
      ["--user", "bob", "--", "true"],
      1,
      `--user: "bob": not in the sandbox's /etc/passwd.`,
      "--user takes a name or number that is there.",
    ],
  ])("exec %j", async (args, code, message, hint) => {
    const ended = await exec(...args);
    const [first = "", ...rest] = Buffer.from(ended.stderr, "latin1").toString().split("\n");
    expect(first.slice("sandstack: ".length)).toEqual(message);
    expect([ended.code, ended.stdout, rest]).toEqual([code, "", [hint, ""]]);
  });

  test("the same words for who calls, in a call's own", async () => {
    await expect(sandbox.commands.run(["ls -la"])).rejects.toMatchObject({
      code: "NOT_FOUND",
      hint: '"ls -la" is taken for the name of one program. It takes ["ls","-la"], or a string for the shell.',
    });
    await expect(sandbox.commands.run(["/tmp/no-interpreter"], { background: true })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `"/tmp/no-interpreter" can't be executed: its interpreter "/usr/bin/pyton3" is not in the sandbox.`,
    });
    await expect(sandbox.files.read("a.txt")).rejects.toMatchObject({
      code: "BAD_PATH",
      message: 'path: "a.txt": it is not absolute.',
      hint: "path takes an absolute path, as a command inside sees it, such as /home/agent/a.txt.",
    });
    await expect(sandbox.files.rename("/tmp/windows", "b")).rejects.toMatchObject({
      message: 'newPath: "b": it is not absolute.',
    });
  });
});

test("create() says what it takes to who gives it an image's name, and a command is never empty", async () => {
  await expect(Sandbox.create("base" as never)).rejects.toMatchObject({
    code: "INVALID_OPTION",
    message: 'options: "base" is not valid.',
    hint: expect.stringMatching(/^options takes an object with some of tier, image, snapshot, name, /) as string,
  });
  for (const task of [[], [""], ["a\0b"], "a\0b"]) {
    await expect(Sandbox.create({ task })).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/^task(\[0\])?: .* is not valid\.$/) as string,
    });
  }
});
