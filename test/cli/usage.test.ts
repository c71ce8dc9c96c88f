import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leakCheckEachTest } from "../support/leak-check";
import { CLI, sandstack } from "./cli";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

// What is refused before anything is made. Not proven: errors of the guest and of images (test/runtime, test/images).

leakCheckEachTest();

const COMMANDS = [
  ...[
    "up",
    "preview",
    "lock",
    "verify",
    "destroy",
    "refresh",
    "run",
    "create",
    "exec",
    "shell",
    "cp",
    "ls",
    "logs",
    "kill",
    "rollback",
    "gc",
    "doctor",
    "completion",
  ],
  ...["stack", "stack init", "stack ls", "stack select", "stack output", "stack rm"],
  ...["config", "config set", "config get", "config rm"],
  ...["snapshot", "snapshot create", "snapshot ls", "snapshot rm"],
];

test.each(COMMANDS)("%s --help shows examples", async (command) => {
  const { code, stdout, stderr } = await sandstack([...command.split(" "), "--help"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(new RegExp(`^Usage: sandstack ${command} `));
  expect(stdout).toContain(`\nExamples:\n`);
});

describe("what is only asked about sandstack itself", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "cli-usage-"));
    const tell = 'process.on("exit", () => process.stderr.write(Object.keys(require.cache).join("\\n")));';
    writeFileSync(join(folder, "tell.cjs"), tell);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([["--version"], ["--help"], ["run --help"], ["completion bash"]])(
    "%s loads no room but model",
    async (line) => {
      const env = { NODE_OPTIONS: `--require=${join(folder, "tell.cjs")}` };
      const { code, stderr } = await sandstack(line.split(" "), { env });
      expect(code).toBe(0);
      expect(stderr).toContain("/dist/src/cli/program.js");
      expect(stderr).not.toMatch(/\/dist\/(runtime|src\/tiers|src\/images|src\/engine|src\/provider)\/|cli-progress/);
    },
  );
});

describe("wrong usage is exit code 2", () => {
  test.each([
    [[], /^Usage: sandstack/],
    [["fly"], /^sandstack: There is no command "fly"/],
    [["run"], /^sandstack: run: COMMAND is missing/],
    [["run", "python3", "-c", "1"], /-c: there is no such option of [^]*stand after --/],
    [["run", "--tier", "gvisor", "--", "true"], /--tier: "gvisor" is not valid[^]*chroot, nspawn/],
    [["run", "--ttl", "0", "--", "true"], /^sandstack: --ttl: "0" is not valid\.\n--ttl takes a duration/],
    [["run", "--ttl", "0s", "--", "true"], /--ttl: "0s" is not valid/],
    [["run", "--ttl", "-5m", "--", "true"], /--ttl: "-5m" is not valid/],
    [["run", "--ttl", "soon", "--", "true"], /--ttl: "soon" is not valid[^]*such as 90s/],
    [["run", "--timeout", "never", "--", "true"], /--timeout: "never" is not valid/],
    [["run", "--memory", "lots", "--", "true"], /--memory: "lots" is not valid[^]*512MiB/],
    [["run", "--disk", "0MiB", "--", "true"], /--disk: "0MiB" is not valid/],
    [["run", "--cpus", "many", "--", "true"], /--cpus: "many" is not valid/],
    [["run", "--processes", "0", "--", "true"], /--processes: "0" is not valid/],
    [["run", "--network", "all", "--", "true"], /--network: "all" is not valid/],
    [["run", "--image", "bookworm", "--", "true"], /--image: "bookworm" is not valid[^]*debian:SUITE/],
    [["run", "--image", "./rootfs", "--package", "git", "--", "true"], /--package: "git" can't be put/],
    [["run", "--file", "a:b", "--", "true"], /--file: "a:b" is not valid[^]*absolute/],
    [["run", "--file", "/etc/passwd", "--", "true"], /--file: "\/etc\/passwd" is not valid/],
    [["run", "--env", "NOT_THERE_AT_ALL", "--", "true"], /--env: "NOT_THERE_AT_ALL" is not in your environment/],
    [["run", "--name", "../up", "--", "true"], /name: "\.\.\/up" is not valid/],
    [["run", "--tier", "chroot", "--user", "a:b", "--", "true"], /user: "a:b" is not valid/],
    [["cp", "a", "b"], /both on this machine/],
    [["cp", "a", "agent:tmp"], /TO: "agent:tmp" is not valid/],
    [["snapshot"], /^Usage: sandstack snapshot/],
  ])("%j", async (args, complaint) => {
    const { code, stdout, stderr } = await sandstack(args);
    expect(stderr).toMatch(complaint);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

describe("what cannot be done is exit code 1", () => {
  test.each([
    [["run", "--file", "./not-there:/tmp/a", "--", "true"], /--file: "\.\/not-there" is not on this machine/],
    [["run", "--tier", "chroot", "--user", "root", "--", "true"], /user: "root" is refused on tier chroot[^]*nspawn/],
    [["run", "--tier", "nspawn", "--network", "host", "--", "true"], /network: "host" is refused on tier nspawn/],
    [["run", "--snapshot", "snap-nothere00000", "--", "true"], /no snapshot "snap-nothere00000"/],
    [["run", "--image", `sha256:${"0".repeat(64)}`, "--", "true"], /store has no "sha256:0000/],
    [["exec", "nobody", "--", "true"], /no sandbox "nobody"[^]*sandstack ls/],
    [["cp", "nobody:/a", "b"], /no sandbox "nobody"/],
    [["logs", "nobody"], /no sandbox "nobody"/],
    [["kill", "nobody"], /no sandbox "nobody"/],
    [["rollback", "nobody", "snap-nothere00000"], /no sandbox "nobody"/],
    [["snapshot", "create", "nobody"], /no sandbox "nobody"/],
    [["snapshot", "rm", "snap-nothere00000"], /no snapshot "snap-nothere00000"/],
    [["shell", "nobody"], /needs a terminal[^]*sandstack exec nobody -- sh/],
  ])("%j", async (args, complaint) => {
    const { code, stdout, stderr } = await sandstack(args);
    expect(stderr).toMatch(complaint);
    expect(stderr).toMatch(/^sandstack: /);
    expect([code, stdout]).toEqual([1, ""]);
  });

  test("without root: the line that does it as root", async () => {
    const args = [CLI, "run", "--tier", "chroot", "--", "sh", "-c", "echo 'it'"];
    const who = ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath];
    const error = await promisify(execFile)("setpriv", [...who, ...args]).catch((thrown: unknown) => thrown);
    const quoted = `run --tier chroot -- sh -c 'echo '\\''it'\\'''`;
    const kept = ["SANDSTACK_STATE_DIR", "SANDSTACK_RUN_DIR"].map((name) => `${name}=${process.env[name]} `).join("");
    expect(error).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining(`\nsudo ${kept}${process.execPath} ${CLI} ${quoted}\n`) as string,
    });
  });

  test("a tool that is missing: what installs it", async () => {
    const { code, stderr } = await sandstack(["run", "--tier", "nspawn", "--", "true"], { env: { PATH: "/nowhere" } });
    expect([code, stderr]).toEqual([
      1,
      "sandstack: This needs systemd-nspawn: it makes the namespaces of this tier.\nsudo apt-get install systemd-container\n",
    ]);
  });

  test("what nobody has foreseen: where it happened only with --verbose, which every command takes", async () => {
    const state = mkdtempSync("/var/tmp/sandstack-odd-");
    writeFileSync(join(state, "snapshots"), "");
    const env = { SANDSTACK_STATE_DIR: state };
    const message = `sandstack: EEXIST: file already exists, mkdir '${state}/snapshots'\n`;
    try {
      expect(await sandstack(["gc"], { env })).toMatchObject({
        code: 1,
        stderr: `${message}This was not foreseen; the same with --verbose says where it happened.\n`,
      });
      const { stderr } = await sandstack(["gc", "--verbose"], { env });
      expect(stderr.slice(0, message.length)).toBe(message);
      expect(stderr).toMatch(/^ {4}at /m);
    } finally {
      rmSync(state, { recursive: true });
    }
  });

  test("output that can't be written", async () => {
    const script = `exec '${process.execPath}' '${CLI}' ls > /dev/full`;
    const error = await promisify(execFile)("sh", ["-c", script]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 1, stderr: expect.stringMatching(/could not be written: ENOSPC/) as string });
  });
});
