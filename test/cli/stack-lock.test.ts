import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { defaultImage } from "../../src/images";
import { type Lock, parseLock } from "../../src/model/lock";
import { leakCheckEachTest } from "../support/leak-check";
import { CLI } from "./cli";
import { destroyAfterEach, Project } from "./stack-scene";

// The lock file through the real command. Not proven: the same lock under the Pulumi CLI, which reads it through the same
// component and provider.

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
  test("pins every package by version and hash, and up makes just that", async () => {
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
    await project.say("up", "--frozen");
    expect(project.id(IMAGE, "python")).toBe(lock["python"]!.digest);
    expect(project.id(IMAGE, "small")).toBe(lock["small"]!.digest);
  });

  test("that finds nothing new leaves the file alone", async () => {
    const project = makeProject();
    await project.say("lock");
    const { ino, mtimeMs } = statSync(join(project.folder, "sandstack.lock"));
    expect(await project.say("lock")).toMatch(/^python .* as it was$/m);
    const changes = JSON.parse(await project.say("lock", "--json")) as unknown;
    const digest = (name: string) => lockOf(project)[name]!.digest;
    expect(changes).toEqual(
      ["python", "small"].map((image) => ({ image, digest: digest(image), before: digest(image), changes: [] })),
    );
    const after = statSync(join(project.folder, "sandstack.lock"));
    expect([after.ino, after.mtimeMs]).toEqual([ino, mtimeMs]);
  });

  test("of what the program does not declare is refused", async () => {
    const project = makeProject();
    const { code, stderr } = await project.run("lock", "--upgrade", "ruby");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/no SandboxImage "ruby"[^]*It declares python, small/)]);
    expect(existsSync(join(project.folder, "sandstack.lock"))).toBe(false);
  });
});

describe("a declaration that has moved on from its lock", () => {
  test("is said to at preview, fails with --frozen and makes nothing, and is followed by lock", async () => {
    const project = makeProject();
    await project.say("lock");
    await project.set("note", "hello");
    expect(await project.say("preview")).toMatch(
      /Image python create\n +It has moved on from sandstack\.lock \(files\): run sandstack lock/,
    );
    for (const operation of ["preview", "up"]) {
      const { code, stdout, stderr } = await project.run(operation, "--frozen");
      expect(code).toBe(1);
      expect(stdout + stderr).toMatch(/has moved on from sandstack\.lock \(files\)/);
    }
    expect(project.id(IMAGE, "python")).toBeUndefined();
    const before = lockOf(project)["python"]!;
    await project.say("lock");
    const now = lockOf(project)["python"]!;
    expect(now.layers[0]).toEqual(before.layers[0]);
    expect(now.layers.map(({ step }) => step)).toEqual(["source", "files"]);
    await project.say("up", "--frozen");
    expect(project.id(IMAGE, "python")).toBe(now.digest);
  });

  test("fails with --frozen where nothing is locked at all; SANDSTACK_FROZEN says the same", async () => {
    const project = makeProject();
    project.env = { ...project.env, SANDSTACK_FROZEN: "1" };
    const { code, stdout, stderr } = await project.run("up");
    expect([code, stdout + stderr]).toEqual([
      1,
      expect.stringMatching(/It is not in sandstack\.lock: run sandstack lock/),
    ]);
    expect(project.id(IMAGE, "python")).toBeUndefined();
  });

  test("by a root file system that is another one is told after the build, and fails with --frozen", async () => {
    const project = makeProject();
    await project.say("lock");
    project.write("rootfs/etc/word", "other\n");
    const frozen = await project.run("up", "--frozen");
    expect([frozen.code, frozen.stdout + frozen.stderr]).toEqual([
      1,
      expect.stringMatching(/It is sha256:\S+, and sandstack\.lock has sha256:\S+/),
    ]);
    expect(await project.say("up")).toMatch(
      /Image small created.*\n +It is sha256:\S+, and sandstack\.lock has sha256:\S+/,
    );
  });
});

test("a lock edited into nonsense is one error that names the place, for every command", async () => {
  const project = makeProject();
  await project.say("lock");
  const good = project.read("sandstack.lock");
  const pins = /python[^]*pins of source\.packages\[0\]\.sha256 is "none"; it should be 64 hex digits/;
  project.write("sandstack.lock", good.replace(/"digest": "sha256:/, '"digest": "'));
  for (const command of ["lock", "verify", "preview"]) {
    const { code, stdout, stderr } = await project.run(command);
    expect([command, code, stdout + stderr]).toEqual([
      command,
      1,
      expect.stringMatching(
        /sandstack\.lock: images\.python\.digest is "[0-9a-f]{64}"; it should be sha256: and 64 hex digits/,
      ),
    ]);
  }
  project.write("sandstack.lock", good.replace(/"sha256": "[0-9a-f]{64}"/, '"sha256": "none"'));
  const { code, stdout, stderr } = await project.run("up");
  expect([code, stdout + stderr]).toEqual([1, expect.stringMatching(pins)]);
  project.write("sandstack.lock", good);
  await project.say("up", "--frozen");
});

describe("sandstack verify", () => {
  test("names the files of a layer that is not as it was locked", async () => {
    const project = makeProject();
    await project.say("lock");
    project.write("rootfs/etc/word", "other\n");
    project.write("rootfs/etc/new", "new\n");
    const { code, stdout, stderr } = await project.run("verify", "small");
    expect([code, stderr]).toEqual([1, "sandstack: Not as locked: small.\n"]);
    expect(stdout).toMatch(
      /^small: locked sha256:\S+\n +made +sha256:\S+\n {2}step source: \d files differ from the locked layer\n/,
    );
    expect(stdout).toMatch(/^ {4}\/etc\/new {2}\(only in B\)$/m);
    expect(stdout).toMatch(/^ {4}\/etc\/word {2}\(content, time\)$/m);
    const [found] = JSON.parse((await project.run("verify", "small", "--json")).stdout) as Record<string, unknown>[];
    expect(found).toMatchObject({ image: "small", equal: false, differs: { step: "source", comparedWith: "locked" } });
  });

  test("says what is not locked, and what has moved on, without building it", async () => {
    const project = makeProject();
    await project.say("lock");
    await project.set("note", "hello");
    const lock = lockOf(project);
    writeFileSync(
      join(project.folder, "sandstack.lock"),
      JSON.stringify({ version: 1, images: { python: lock["python"] } }),
    );
    const { code, stdout, stderr } = await project.run("verify");
    expect([code, stderr]).toEqual([1, "sandstack: Not as locked: python, small.\n"]);
    expect(stdout).toMatch(/^python: the declaration has moved on from sandstack\.lock \(files\)/m);
    expect(stdout).toMatch(/^small: not in sandstack\.lock/m);
    rmSync(join(project.folder, "sandstack.lock"));
    expect(await project.run("verify")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/There is no sandstack\.lock/) as string,
    });
  });
});

describe("a teammate's machine", () => {
  let store: string;
  beforeAll(() => {
    store = mkdtempSync("/var/tmp/sandstack-teammate-");
    return () => rmSync(store, { recursive: true });
  });

  test("without a way out, of another name, clock, zone, locale, home and umask, makes the same bytes from project, lock and packages", async () => {
    const project = makeProject();
    await project.say("lock");
    const own = join(process.env["SANDSTACK_STATE_DIR"] as string, "images/debs");
    mkdirSync(join(store, "images"), { recursive: true });
    cpSync(own, join(store, "images/debs"), { recursive: true });
    mkdirSync(join(store, "bin"));
    symlinkSync(resolve("test/support/mmdebstrap-years-later.sh"), join(store, "bin/mmdebstrap"));
    const env = {
      PATH: `${join(store, "bin")}:${process.env["PATH"]}`,
      PULUMI_CONFIG_PASSPHRASE: project.env["PULUMI_CONFIG_PASSPHRASE"],
      SANDSTACK_STATE_DIR: store,
      HOME: store,
      TMPDIR: "/var/tmp",
      TZ: "Asia/Tokyo",
      LC_ALL: "de_DE.UTF-8",
    };
    const script = 'ip link set lo up; hostname elsewhere; umask 077; exec "$@"';
    const argv = ["--net", "--uts", "sh", "-c", script, "sh", process.execPath, CLI, "verify", "--json"];
    const said = execFileSync("unshare", argv, { cwd: project.folder, env, stdio: ["ignore", "pipe", "inherit"] });
    const year = Number(readFileSync(join(store, "year"), "utf8"));
    expect(year).toBeGreaterThan(new Date().getFullYear());
    expect(JSON.parse(said.toString())).toEqual(
      Object.entries(lockOf(project)).map(([image, { digest }]) => ({
        image,
        equal: true,
        locked: digest,
        digest,
        movedOn: [],
      })),
    );
  }, 300_000);

  test("that lacks a package says which, and that nobody has it", async () => {
    const project = makeProject();
    await project.say("lock");
    rmSync(join(store, "images/debs"), { recursive: true });
    const env = { ...project.env, PATH: process.env["PATH"], SANDSTACK_STATE_DIR: store };
    const argv = ["--net", process.execPath, CLI, "verify", "python"];
    let said = "";
    try {
      execFileSync("unshare", argv, { cwd: project.folder, env, stdio: ["ignore", "pipe", "pipe"] });
    } catch (error) {
      said = String((error as { stderr: Buffer }).stderr);
    }
    expect(said).toMatch(/cannot be reached: .*The store lacks adduser \S+, .* and \d+ more\./);
    expect(readdirSync(join(store, "images/tmp"))).toEqual([]);
  }, 60_000);
});
