import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeShellRootfs } from "../images/shell-rootfs";
import { leakCheckEachTest } from "../support/leak-check";
import { start } from "./cli";
import { destroyAfterEach, Project } from "./stack-scene";

// The lines that are said, without a terminal, while an image is built: the build stands still until it has been said. Not proven: how
// often each step is told (test/unit/cli), builds from a suite or a registry.

leakCheckEachTest();
destroyAfterEach();

let folder: string;
let env: NodeJS.ProcessEnv;
let archive: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "progress-"));
  const tree = makeShellRootfs(join(folder, "tree"));
  // Another image each time, for the store outlives the test.
  writeFileSync(join(tree, "etc/marker"), folder);
  archive = join(folder, "rootfs.tar");
  execFileSync("tar", ["--create", `--file=${archive}`, `--directory=${tree}`, "."]);
  // A tar that unpacks when it is told to, and says that it waits.
  mkdirSync(join(folder, "bin"));
  const tar = execFileSync("sh", ["-c", "command -v tar"]).toString().trim();
  const held = `#!/bin/sh\n: > '${folder}/waits'\nwhile [ ! -e '${folder}/go' ]; do sleep 0.05; done\nexec ${tar} "$@"\n`;
  writeFileSync(join(folder, "bin/tar"), held);
  chmodSync(join(folder, "bin/tar"), 0o755);
  env = { ...process.env, PATH: `${folder}/bin${delimiter}${process.env["PATH"]}` };
});
afterEach(() => rmSync(folder, { recursive: true }));

const LINE = "sandstack: unpacking";
const goOn = () => writeFileSync(join(folder, "go"), "");

test("run and create say each step on stderr; stdout stays the command's own, and JSON", async () => {
  const run = start(["run", "--tier", "chroot", "--image", archive, "--", "/bin/sh", "-c", "echo out"], { env });
  await run.shown(LINE);
  goOn();
  const ended = await run.ended;
  expect(ended).toMatchObject({ code: 0, stdout: "out\n" });
  expect(ended.stderr.split("\n").filter((line) => line === LINE)).toHaveLength(1);
  expect(ended.stderr.split("\n").every((line) => line === "" || line.startsWith("sandstack: "))).toBe(true);
  expect(existsSync(join(folder, "waits"))).toBe(true);

  // The same once more has nothing to wait for, and nothing to say.
  const again = start(["run", "--tier", "chroot", "--image", archive, "--", "/bin/sh", "-c", "echo out"], { env });
  expect(await again.ended).toMatchObject({ code: 0, stdout: "out\n", stderr: "" });
});

test("create --json prints nothing but its document", async () => {
  const create = start(["create", "--tier", "chroot", "--ttl", "30s", "--json", "--image", archive], { env });
  await create.shown(LINE);
  goOn();
  const { code, stdout } = await create.ended;
  expect(code).toBe(0);
  const { id } = JSON.parse(stdout) as { id: string };
  expect(await start(["kill", id]).ended).toMatchObject({ code: 0 });
});

test("up says it on stderr, and what it has done on stdout", async () => {
  const project = new Project(`
import { SandboxHost, SandboxImage } from "sandstack";
const host = new SandboxHost("lab", { tier: "chroot" });
new SandboxImage("tiny", { host, from: { rootfs: ${JSON.stringify(archive)} } });
`);
  project.env = { ...project.env, PATH: env["PATH"] };
  const up = project.start("up");
  await up.shown("sandstack:local:Image tiny: unpacking");
  goOn();
  const { code, stdout, stderr } = await up.ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(/^sandstack:local:Image tiny: unpacking/m);
  expect(stdout).not.toContain("unpacking");
  expect(stdout).toContain("created");
  expect(readdirSync(folder)).toContain("waits");
});
