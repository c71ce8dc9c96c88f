import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UNKNOWN, type Values } from "../../../src/provider/values";
import { Calls } from "./calls";

const calls = new Calls("sandstack:local:Image");
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const from = { debian: "bookworm" };

let folder: string;
let before: string | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "image-"));
  before = process.env["SANDSTACK_STATE_DIR"];
  process.env["SANDSTACK_STATE_DIR"] = join(folder, "state");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  if (before === undefined) delete process.env["SANDSTACK_STATE_DIR"];
  else process.env["SANDSTACK_STATE_DIR"] = before;
});

async function diffOf(olds: Values, news: Values, state = "stored") {
  const [old, fresh] = [await calls.check(olds), await calls.check(news)];
  return calls.diff({ id: "sha256:d1", inputs: old.inputs, outputs: { state } }, fresh.inputs);
}

describe("an image", () => {
  it.each<[string, Values, Record<string, string>]>([
    [
      "no beginning",
      {},
      {
        from: "from is missing. It takes { debian: suite }, { oci: reference }, { rootfs: path } or { snapshot: id }.",
      },
    ],
    [
      "a suite that is none",
      { from: { debian: "Book Worm" } },
      { "from.debian": expect.stringContaining('from.debian: "Book Worm" is not valid.') as never },
    ],
    [
      "a package that is none",
      { from, packages: ["Git!"] },
      { packages: expect.stringContaining('packages: "Git!" is not valid.') as never },
    ],
    [
      "packages that are no list",
      { from, packages: "git" },
      { packages: expect.stringContaining("packages: ") as never },
    ],
    [
      "a rootfs that is not there",
      { from: { rootfs: "/none" } },
      {
        "from.rootfs":
          'from.rootfs: "/none" does not exist (/none). from.rootfs takes a directory or a tar archive of this machine.',
      },
    ],
    [
      "an OCI layout that is not there",
      { from: { oci: "./none" } },
      {
        "from.oci": expect.stringMatching(
          /^from\.oci: "\.\/none" does not exist \(\/.*\/none\)\. from\.oci takes an OCI layout or archive of this machine\.$/,
        ) as never,
      },
    ],
    [
      "a reference with a login in it",
      { from: { oci: "me:secret@registry.example/a" } },
      { "from.oci": expect.stringContaining('from.oci: "…@registry.example/a" is not valid.') as never },
    ],
    [
      "packages on an OCI image",
      { from: { oci: "alpine:3.20" }, packages: ["git"] },
      { packages: expect.stringContaining("packages: git cannot go into an OCI image.") as never },
    ],
    [
      "a snapshot that is none",
      { from: { snapshot: "yesterday" } },
      { "from.snapshot": expect.stringContaining('from.snapshot: "yesterday" is not valid.') as never },
    ],
    [
      "a file that is not there",
      { from, files: { "/a": { path: "/none" } } },
      { 'files["/a"]': 'files["/a"]: "/none" does not exist (/none).' },
    ],
    [
      "a relative path inside",
      { from, files: { a: { text: "" } } },
      { files: expect.stringContaining('files: "a" is not valid.') as never },
    ],
    [
      "a mode that is none",
      { from, files: { "/a": { text: "", mode: "rw" } } },
      { 'files["/a"].mode': expect.stringContaining('files["/a"].mode: "rw" is not valid.') as never },
    ],
    [
      "a file of nothing",
      { from, files: { "/a": 7 } },
      { 'files["/a"]': expect.stringContaining('files["/a"]: "7" is not valid.') as never },
    ],
    [
      "a secret in its files",
      { from, files: { "/a": { text: { ...SECRET, value: "s" } } } },
      {
        files:
          "files holds a secret, which everybody could read in the image. An instance's secrets are the place for it.",
      },
    ],
    [
      "a secret in its environment",
      { from, env: { TOKEN: { ...SECRET, value: "s" } } },
      {
        env: "env holds a secret, which everybody could read in the image. An instance's secrets are the place for it.",
      },
    ],
    [
      "an option to pip",
      { from, python: ["numpy", "--index-url=https://index.example"] },
      { "python[1]": expect.stringContaining('python[1]: "--index-url=https://index.example" is not valid.') as never },
    ],
    [
      "a requirements file that is not there",
      { from, python: { requirements: "/none.txt" } },
      { "python.requirements": 'python.requirements: "/none.txt" is no file (/none.txt).' },
    ],
    [
      "a repository for npm",
      { from, npm: ["cowsay", "github:piuccio/cowsay"] },
      { "npm[1]": expect.stringContaining('npm[1]: "github:piuccio/cowsay" is not valid.') as never },
    ],
    [
      "a package.json that is not there",
      { from, npm: { package: "/none.json" } },
      { "npm.package": 'npm.package: "/none.json" is no file (/none.json).' },
    ],
    [
      "packages of no known form",
      { from, python: 7, npm: { file: "package.json" } },
      {
        python: 'python: "7" is not valid. python takes ["numpy"] or { requirements: "requirements.txt" }.',
        npm: expect.stringMatching(
          /^npm: .*file.* is not valid\. npm takes .* or \{ package: "package\.json" \}\.$/,
        ) as never,
      },
    ],
    [
      "commands that are no list",
      { from, run: "make" },
      { run: 'run: "\\"make\\"" is not valid. run takes a list of commands.' },
    ],
    [
      "a command that is none",
      { from, run: ["true", []] },
      { "run[1]": expect.stringContaining("run[1]: [] is not valid.") as never },
    ],
    [
      "a time limit that is none",
      { from, runTimeout: "soon" },
      { runTimeout: expect.stringContaining('runTimeout: "soon" is not valid.') as never },
    ],
    [
      "a variable that is none",
      { from, env: { "A=B": "c" } },
      { env: expect.stringContaining('env: "A=B" is no name of a variable.') as never },
    ],
    [
      "a user that is none",
      { from, user: "a b" },
      { user: expect.stringContaining('user: "a b" is not valid.') as never },
    ],
    [
      "a relative directory",
      { from, cwd: "srv" },
      { cwd: expect.stringContaining('cwd: "srv" is not valid.') as never },
    ],
  ])("refuses %s", async (_, given, failures) => {
    expect((await calls.check(given)).failures).toEqual(failures);
  });

  it("takes what is not known yet as it is", async () => {
    const given = { from: { debian: UNKNOWN }, packages: [UNKNOWN], files: UNKNOWN };
    expect(await calls.check(given)).toEqual({ inputs: given, secrets: [], failures: {} });
  });

  it("is another one when a file's content or mode is, and not when only its place on the machine is", async () => {
    const [one, two] = [join(folder, "one"), join(folder, "two")];
    for (const path of [one, two]) {
      mkdirSync(path);
      writeFileSync(join(path, "main.py"), "print(1)\n");
    }
    const files = (path: string) => ({ from, files: { "/opt/agent": { path } } });
    expect(await diffOf(files(one), files(two))).toMatchObject({ changes: "none" });
    const { inputs } = await calls.check(files(one));
    writeFileSync(join(one, "main.py"), "print(2)\n");
    const fresh = await calls.check(files(one));
    expect(await calls.diff({ id: "d", inputs, outputs: { state: "stored" } }, fresh.inputs)).toEqual({
      changes: "some",
      replaces: ["files"],
      detail: { 'files["/opt/agent"]': "update-replace" },
    });
  });

  it.each<[string, Values, Values, Record<string, string>]>([
    [
      "a text",
      { from, files: { "/a": { text: "x" } } },
      { from, files: { "/a": { text: "y" } } },
      { 'files["/a"]': "update-replace" },
    ],
    [
      "an owner",
      { from, files: { "/a": { text: "x" } } },
      { from, files: { "/a": { text: "x", owner: "agent" } } },
      { 'files["/a"]': "update-replace" },
    ],
    ["a file more", { from }, { from, files: { "/a": { text: "x" } } }, { 'files["/a"]': "add-replace" }],
    ["a suite", { from }, { from: { debian: "trixie" } }, { "from.debian": "update-replace" }],
    ["the order of packages", { from, packages: ["b", "a", "a"] }, { from, packages: ["a", "b"] }, {}],
    ["the order of wheels", { from, python: ["b", "a", "a"] }, { from, python: ["a", "b"] }, {}],
    ["a wheel", { from, python: ["a"] }, { from, python: ["a==1"] }, { python: "update-replace" }],
    ["a package of npm", { from, npm: ["a"] }, { from, npm: ["a@2"] }, { npm: "update-replace" }],
    ["a command", { from, run: ["a", ["b"]] }, { from, run: ["a", ["c"]] }, { run: "update-replace" }],
    ["a time limit", { from, run: ["a"], runTimeout: "1m" }, { from, run: ["a"], runTimeout: 7 }, {}],
    [
      "a variable",
      { from, env: { A: "1" } },
      { from, env: { A: "2", B: "3" } },
      { "env.A": "update-replace", "env.B": "add-replace" },
    ],
    ["user and directory", { from, user: "a" }, { from, cwd: "/" }, { user: "delete-replace", cwd: "add-replace" }],
    ["a package more", { from, packages: ["a1"] }, { from, packages: ["a1", "b1"] }, { packages: "update-replace" }],
  ])("sees a change of %s", async (_, olds, news, detail) => {
    expect((await diffOf(olds, news)).detail).toEqual(detail);
  });

  it("is another one when the root file system that it begins from is", async () => {
    const rootfs = join(folder, "root.tar");
    writeFileSync(rootfs, "one");
    const old = await calls.check({ from: { rootfs } });
    writeFileSync(rootfs, "three");
    const fresh = await calls.check({ from: { rootfs } });
    const found = await calls.diff({ id: "d", inputs: old.inputs, outputs: { state: "stored" } }, fresh.inputs);
    expect(found.detail).toEqual({ "from.fingerprint": "update-replace" });
  });

  it("is another one when its package.json is, and not when only its place on the machine is", async () => {
    const [one, two] = ["one.json", "two.json"].map((name) => join(folder, name)) as [string, string];
    for (const path of [one, two]) writeFileSync(path, '{"dependencies":{"a":"1"},"scripts":{"x":"y"}}');
    const npm = (path: string) => ({ from, npm: { package: path } });
    expect(await diffOf(npm(one), npm(two))).toMatchObject({ changes: "none" });
    const { inputs } = await calls.check(npm(one));
    writeFileSync(one, '{"dependencies":{"a":"2"}}');
    const fresh = await calls.check(npm(one));
    const found = await calls.diff({ id: "d", inputs, outputs: { state: "stored" } }, fresh.inputs);
    expect(found.detail).toEqual({ "npm.fingerprint": "update-replace" });
  });

  it("may begin from a directory, also before there is a store", async () => {
    const rootfs = join(folder, "root");
    mkdirSync(rootfs);
    expect(await calls.check({ from: { rootfs } })).toMatchObject({ failures: {} });
  });

  it("that the store has lost is made again", async () => {
    expect((await diffOf({ from }, { from }, "missing from the store of this machine")).detail).toEqual({
      state: "update-replace!",
    });
  });
});
