import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { sandstack } from "./cli";

// Root in a folder that another user owns and has filled: what reads it ends soon and says what is wrong in one line, and
// runs nothing of it unless it says so. Not proven: a folder whose file system does not answer.

const OTHER = 65_534;
const YAML = "name: lab\nruntime: nodejs\nmain: index.js\nbackend:\n  url: file://.\n";
const SOON_MS = 30_000;

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A project of the other user's, whose program, plugin and packages leave a mark when they run. */
function project(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "sandstack-hostile-"));
  folders.push(folder);
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(resolve("node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
  const mark = `require("fs").appendFileSync(${JSON.stringify(join(folder, "ran"))}, __filename + "\\n");`;
  const all = { "Pulumi.yaml": YAML, "index.js": mark, ".pulumi/stacks/lab/local.json": state(), ...files };
  for (const [name, text] of Object.entries(all)) put(folder, name, (path) => writeFileSync(path, text));
  execFileSync("chown", ["-Rh", `${OTHER}:${OTHER}`, folder]);
  return folder;
}

function put(folder: string, name: string, make: (path: string) => void): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  make(path);
}

function state(latest: object = {}): string {
  return JSON.stringify({ version: 3, checkpoint: { stack: "organization/lab/local", latest } });
}

/** Runs a command there; it has to end by itself. */
async function run(folder: string, args: readonly string[]) {
  const env = { PULUMI_CONFIG_PASSPHRASE: "x", PULUMI_HOME: join(folder, "home") };
  const began = Date.now();
  const { code, stdout, stderr } = await sandstack(args, { cwd: folder, env });
  expect(Date.now() - began).toBeLessThan(SOON_MS);
  return { code, stdout, stderr };
}

/** Things that have a name in the place of a file. */
const OTHERS: Record<string, (path: string) => void> = {
  "a pipe": (path) => execFileSync("mkfifo", [path]),
  "a link to a device that never ends": (path) => symlinkSync("/dev/zero", path),
  "a link to a file of the kernel's that waits": (path) => symlinkSync("/proc/kmsg", path),
  "a link to a terminal": (path) => symlinkSync("/dev/ptmx", path),
  "a directory": (path) => mkdirSync(path),
  "a file without blocks": (path) => {
    writeFileSync(path, "");
    truncateSync(path, 2 ** 42);
  },
};
const bytes = (text: string) => (path: string) => writeFileSync(path, text);
const BOMB = [
  "a: &a [x, x, x, x, x, x, x, x, x]",
  ..."bcdefgh".split("").map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[i]}`).join(", ")}]`),
];
const TEXTS: Record<string, (path: string) => void> = {
  "aliases that make billions": bytes(`${YAML}config:\n${BOMB.map((line) => `  ${line}\n`).join("")}`),
  "lists in lists in one line": bytes("- ".repeat(100_000)),
  "keys in keys": bytes(`a: ${"{? ".repeat(400)}x${"}".repeat(400)}\n`),
  "brackets in brackets": bytes("[".repeat(200_000)),
  "levels below levels": bytes(Array.from({ length: 600 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")),
  "too many keys": bytes(`${Array.from({ length: 40_000 }, (_, key) => `k${key}:`).join("\n")}\n`),
  "a list in the place of a map": bytes("[1]"),
  "nothing of what it should be": bytes("name: lab\nruntime: nodejs\nbackend: { url: 5 }\nplugins: { providers: 7 }\n"),
};
const STATES: Record<string, (path: string) => void> = {
  "brackets in brackets": bytes(`${"[".repeat(100_000)}${"]".repeat(100_000)}`),
  "levels below levels": bytes(state({ resources: [{ urn: "urn:pulumi:a::b::c::d", outputs: nested(1_000) }] })),
  "millions of objects": bytes(`[${"{},".repeat(2_000_000)}0]`),
  "resources that are none": bytes(state({ resources: [null, 5, "x"] })),
  "references that are none": bytes(
    state({ resources: [{ urn: "urn:pulumi:a::b::c::d", dependencies: 5, provider: 7 }] }),
  ),
  "another's salt": bytes(state({ secrets_providers: { type: "passphrase", state: { salt: {} } } })),
};

function nested(depth: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < depth; level += 1) value = { __proto__x: value };
  return value;
}

/** One error, and not of ours. */
const ONE_ERROR = /^sandstack: [^\n]*\n(?!sandstack:)[^\n]*\n?$/;

const cases = (file: string, kinds: Record<string, (path: string) => void>, ...commands: string[]) =>
  Object.entries(kinds).map(([kind, make]) => ({ file, kind, make, commands }));

describe("a project of somebody else's", () => {
  it.each([
    ...cases("Pulumi.yaml", { ...OTHERS, ...TEXTS }, "stack ls"),
    ...cases("Pulumi.local.yaml", OTHERS, "config get"),
    ...cases(
      "Pulumi.local.yaml",
      {
        "aliases that make billions": TEXTS["aliases that make billions"]!,
        "lists in lists in one line": TEXTS["lists in lists in one line"]!,
        "no map of config": bytes("config: 5\n"),
        "no salt": bytes("encryptionsalt: {}\n"),
      },
      "config get",
      "preview",
    ),
    ...cases(".pulumi/stacks/lab/local.json", { ...OTHERS, ...STATES }, "stack output", "preview"),
    ...cases(".pulumi/stacks/lab", { "a pipe": OTHERS["a pipe"]! }, "stack ls"),
    ...cases("sandstack.lock", OTHERS, "verify"),
    ...cases(
      ".pulumi/locks/organization/lab/local/a.json",
      { "a pipe": OTHERS["a pipe"]!, "nothing of a lock": bytes("null") },
      "up",
    ),
    ...cases(
      "index.js",
      {
        "a pipe": OTHERS["a pipe"]!,
        "a link to a device that never ends": OTHERS["a link to a device that never ends"]!,
      },
      "preview",
    ),
  ])("whose $file is $kind is refused soon, in one error, by $commands", async ({ file, make, commands }) => {
    const folder = project();
    put(folder, file, make);
    for (const command of commands) {
      const { code, stdout, stderr } = await run(folder, command.split(" "));
      expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_ERROR)]);
      expect(stdout).not.toContain("    at ");
    }
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });

  it.each(Object.entries(OTHERS))(
    "whose package.json is %s is refused soon, where the program is a folder",
    async (_kind, make) => {
      const folder = project({ "Pulumi.yaml": YAML.replace("index.js", ".") });
      put(folder, "package.json", make);
      const { code, stderr } = await run(folder, ["preview"]);
      expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_ERROR)]);
    },
  );

  it("whose states can't be read is listed, and the others with it", async () => {
    const folder = project();
    put(folder, ".pulumi/stacks/lab/pipe.json", OTHERS["a pipe"]!);
    const { code, stdout } = await run(folder, ["stack", "ls"]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^local\*? .* 0\npipe .* the state can't be read$/m)]);
  });

  it("has no outputs but its own", async () => {
    const { code, stderr } = await run(project(), ["stack", "output", "constructor"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('has no output "constructor"')]);
  });

  it("is not taken from a folder above, unless it is ours", async () => {
    const folder = project();
    const below = join(folder, "below");
    mkdirSync(below);
    expect(await run(below, ["stack", "ls"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`is in a folder above, and user ${OTHER}'s`) as string,
    });
    expect((await run(folder, ["stack", "ls"])).code).toBe(0);
    execFileSync("chown", ["0:0", join(folder, "Pulumi.yaml")]);
    expect((await run(below, ["stack", "ls"])).code).toBe(0);
  });

  const READS = [
    "--help",
    "stack --help",
    "completion bash",
    "doctor",
    "stack ls",
    "stack output",
    "stack select local",
    "config get",
    "config set a b",
    "config rm a",
    "ls",
    "image ls",
    "gc --orphans",
    "gc --dry-run",
    "snapshot ls",
    "exec agent -- true",
    "logs agent",
    "kill agent",
    "destroy --preview-only",
    "refresh --preview-only",
  ];
  it("has its program run by preview, up, lock and verify alone, and its plugins by what asks them", async () => {
    const plugin = `#!/bin/sh\necho plugin >> "$(dirname "$0")/../ran"\nexit 1\n`;
    const folder = project({
      "Pulumi.yaml": `${YAML}plugins:\n  providers:\n    - name: liar\n      path: plugin\n`,
      "package.json": '{ "main": "index.js", "bin": "index.js" }',
      "Pulumi.ts": "throw 1",
      "plugin/pulumi-resource-liar": plugin,
    });
    for (const name of ["node_modules/sandstack/package.json", "node_modules/commander/package.json"])
      put(folder, name, bytes('{ "main": "../../index.js" }'));
    chmodSync(join(folder, "plugin/pulumi-resource-liar"), 0o755);
    for (const command of READS) {
      await run(folder, command.split(" "));
      expect([command, existsSync(join(folder, "ran"))]).toEqual([command, false]);
    }
    for (const command of ["preview", "lock", "verify"]) {
      put(folder, "sandstack.lock", bytes('{ "version": 1, "images": {} }'));
      rmSync(join(folder, "ran"), { force: true });
      await run(folder, command.split(" "));
      expect([command, existsSync(join(folder, "ran"))]).toEqual([command, true]);
    }
  }, 120_000);
});
