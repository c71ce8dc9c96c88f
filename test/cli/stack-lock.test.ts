import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { defaultImage } from "../../src/images";
import { type Lock, parseLock } from "../../src/model/lock";
import { leakCheckEachTest } from "../support/leak-check";
import { destroyAfterEach, Project } from "./stack-scene";

// The lock file through the real command; another machine's: stack-team.test.ts. Not proven: the same lock under the Pulumi
// CLI, which reads it through the same component and provider.

const IMAGE = "sandstack:local:Image";
const { from, packages } = defaultImage();

/** An image of this machine's suite, and one of a folder of the project's. */
const TWO_IMAGES = `
import * as pulumi from "@pulumi/pulumi";
import { SandboxHost, SandboxImage } from "sandstack";
const host = new SandboxHost("lab", { tier: "chroot" });
const note = new pulumi.Config().get("note");
const files = note === undefined ? undefined : { "/note": new pulumi.asset.StringAsset(note) };
new SandboxImage("python", { host, ...${JSON.stringify({ from, packages })}, files });
new SandboxImage("small", { host, from: { rootfs: "./rootfs" } });
`;

function makeProject(): Project {
  const project = new Project(TWO_IMAGES);
  mkdirSync(join(project.folder, "rootfs/etc"), { recursive: true });
  project.write("rootfs/etc/word", "hello\n");
  return project;
}
const lockOf = (project: Project): Lock => parseLock(project.read("sandstack.lock"));

leakCheckEachTest();
destroyAfterEach();

describe("sandstack lock", () => {
  test("pins every package by version and hash, finds nothing new the next time, and up makes just that", async () => {
    const project = makeProject();
    const said = await project.say("lock");
    expect(said).toMatch(/^IMAGE +DIGEST +WHAT CHANGED\n/);
    expect(said).toMatch(/^python +sha256:[0-9a-f]{12} +new, \d+ packages pinned$/m);
    const lock = lockOf(project);
    expect(Object.keys(lock)).toEqual(["python", "small"]);
    const [source] = lock["python"]!.layers;
    expect(source).toMatchObject({ step: "source", declared: { ...from, packages }, tools: { mmdebstrap: /^\d/ } });
    const pinned = source!.pins?.["packages"] as { name: string; version: string; sha256: string }[];
    expect(pinned.map(({ name }) => name)).toContain("python3-minimal");
    expect(pinned.every(({ version, sha256 }) => version !== "" && /^[0-9a-f]{64}$/.test(sha256))).toBe(true);
    expect(project.read("sandstack.lock")).not.toContain(project.folder);
    const { ino, mtimeMs } = statSync(join(project.folder, "sandstack.lock"));
    const changes = JSON.parse(await project.say("lock", "--json")) as unknown;
    const digest = (name: string) => lock[name]!.digest;
    expect(changes).toEqual(
      ["python", "small"].map((image) => ({ image, digest: digest(image), before: digest(image), changes: [] })),
    );
    const after = statSync(join(project.folder, "sandstack.lock"));
    expect([after.ino, after.mtimeMs]).toEqual([ino, mtimeMs]);
    await project.say("up", "--frozen");
    expect(["python", "small"].map((name) => project.id(IMAGE, name))).toEqual(["python", "small"].map(digest));
  });

  test("of what the program does not declare is refused", async () => {
    const project = makeProject();
    const { code, stderr } = await project.run("lock", "--upgrade", "ruby");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/no SandboxImage "ruby"[^]*It declares python, small/)]);
    expect(existsSync(join(project.folder, "sandstack.lock"))).toBe(false);
  });
});

describe("a declaration that has moved on from its lock", () => {
  test("is said at preview, fails with --frozen and makes nothing, and is followed by lock", async () => {
    const project = makeProject();
    project.env = { ...project.env, SANDSTACK_FROZEN: "1" };
    const frozen = async (...args: string[]) => {
      const { code, stdout, stderr } = await project.run(...args);
      expect(code).toBe(1);
      expect(project.id(IMAGE, "python")).toBeUndefined();
      return stdout + stderr;
    };
    expect(await frozen("up")).toMatch(/It is not in sandstack\.lock: run sandstack lock/);
    await project.say("lock");
    delete project.env["SANDSTACK_FROZEN"];
    await project.set("note", "hello");
    expect(await project.say("preview")).toMatch(
      /Image python create\n +It has moved on from sandstack\.lock \(files\): run sandstack lock/,
    );
    expect(await frozen("up", "--frozen")).toMatch(/has moved on from sandstack\.lock \(files\)/);
    const before = lockOf(project)["python"]!;
    const verified = await project.run("verify", "python");
    expect([verified.code, verified.stderr]).toEqual([1, "sandstack: Not as locked: python.\n"]);
    expect(verified.stdout).toMatch(/^python: the declaration has moved on from sandstack\.lock \(files\)/);
    await project.say("lock");
    const now = lockOf(project)["python"]!;
    expect(now.layers[0]).toEqual(before.layers[0]);
    expect(now.layers.map(({ step }) => step)).toEqual(["source", "files"]);
    await project.say("up", "--frozen");
    expect(project.id(IMAGE, "python")).toBe(now.digest);
  });

  test("by a root file system that is another one is told after the build, fails with --frozen, and verify names the files", async () => {
    const project = makeProject();
    await project.say("lock");
    project.write("rootfs/etc/word", "other\n");
    project.write("rootfs/etc/new", "new\n");
    const frozen = await project.run("up", "--frozen");
    expect([frozen.code, frozen.stdout + frozen.stderr]).toEqual([
      1,
      expect.stringMatching(/It is sha256:\S+, and sandstack\.lock has sha256:\S+/),
    ]);
    expect(await project.say("up")).toMatch(
      /Image small created.*\n +It is sha256:\S+, and sandstack\.lock has sha256:\S+/,
    );
    const { code, stdout, stderr } = await project.run("verify", "small");
    expect([code, stderr]).toEqual([1, "sandstack: Not as locked: small.\n"]);
    expect(stdout).toMatch(
      /^small: locked sha256:\S+\n +found +sha256:\S+\n {2}step source: \d files differ from the locked layer\n/,
    );
    expect(stdout).toMatch(/^ {4}\/etc\/new {2}\(only in B\)$/m);
    expect(stdout).toMatch(/^ {4}\/etc\/word {2}\(content, time\)$/m);
  });

  test("by an image that is new is said by verify; where nothing is locked, it says that", async () => {
    const project = makeProject();
    const nothing = await project.run("verify");
    expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringMatching(/There is no sandstack\.lock/)]);
    project.write("sandstack.lock", JSON.stringify({ version: 1, images: {} }));
    const { code, stdout } = await project.run("verify");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^python: not in sandstack\.lock.*\nsmall: not in sandstack\.lock/);
  });
});

test("a lock edited into nonsense is one error that names the place, for every command", async () => {
  const project = makeProject();
  await project.say("lock");
  const good = project.read("sandstack.lock");
  const refused = async (command: string, text: string, message: RegExp) => {
    project.write("sandstack.lock", text);
    const { code, stdout, stderr } = await project.run(command);
    expect([command, code, stdout + stderr]).toEqual([command, 1, expect.stringMatching(message)]);
    expect(project.read("sandstack.lock")).toBe(text);
  };
  const digest = /sandstack\.lock: images\.python\.digest is "[0-9a-f]{64}"; it should be sha256: and 64 hex digits/;
  for (const command of ["lock", "verify", "preview"]) {
    await refused(command, good.replace(/"digest": "sha256:/, '"digest": "'), digest);
  }
  const pins = /python[^]*layers\[0\]\.pins\.packages\[0\]\.sha256 is "none"; it should be 64 hex digits/;
  await refused("up", good.replace(/"sha256": "[0-9a-f]{64}"/, '"sha256": "none"'), pins);
  await refused("up", good.replace('"pins"', '"pin"'), /python[^]*layers\[0\]\.pins is missing/);
});
