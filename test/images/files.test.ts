import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildImage } from "../../src/images";
import type { FileSource } from "../../src/model/file-source";
import { leakCheckEachTest } from "../support/leak-check";
import { storeContent, useOwnStore } from "./own-store";

leakCheckEachTest();
useOwnStore();

let folder: string;
const host = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync("/var/tmp/sandstack-files-");
  for (const name of ["base/usr/bin", "base/run/lock", "base/etc/app", "agent/lib"]) {
    mkdirSync(host(name), { recursive: true });
  }
  chmodSync(host("base/etc/app"), 0o750);
  symlinkSync("usr/bin", host("base/bin"));
  mkdirSync(host("base/var"));
  symlinkSync("/run", host("base/var/run"));
  symlinkSync("../../../../../etc", host("base/out"));
  writeFileSync(host("base/etc/motd"), "hello\n");
  writeFileSync(host("agent/main.py"), "print(1)\n");
  chmodSync(host("agent/main.py"), 0o755);
  writeFileSync(host("agent/lib/a"), "a");
  symlinkSync("a", host("agent/lib/b"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const build = (files: Record<string, string | FileSource>) => buildImage({ from: { rootfs: host("base") }, files });
/** The layer that the files alone are in. */
const layerOf = async (files: Record<string, string | FileSource>) => (await build(files)).layers[0] as string;

it("are root's, with the mode they have here whatever the umask, and the same time always", async () => {
  const umask = process.umask(0o077);
  try {
    const layer = await layerOf({ "/opt/agent": host("agent"), "/opt/one": host("agent/lib/a") });
    const main = lstatSync(join(layer, "opt/agent/main.py"));
    expect(main).toMatchObject({ uid: 0, gid: 0, mtimeMs: Date.UTC(2020, 0, 1) });
    expect(main.mode & 0o7777).toBe(0o755);
    expect(lstatSync(join(layer, "opt")).mode & 0o7777).toBe(0o755);
    expect(readFileSync(join(layer, "opt/agent/lib/a"), "utf8")).toBe("a");
    expect(readlinkSync(join(layer, "opt/agent/lib/b"))).toBe("a");
    expect(readFileSync(join(layer, "opt/one"), "utf8")).toBe("a");
  } finally {
    process.umask(umask);
  }
});

it("are a layer of their own: a changed file makes only that again", async () => {
  const first = await build({ "/opt/a": host("agent/lib/a") });
  const again = await build({ "/opt/a": host("agent/lib/a") });
  expect(again).toEqual(first);
  writeFileSync(host("agent/lib/a"), "changed");
  const changed = await build({ "/opt/a": host("agent/lib/a") });
  expect(changed.digest).not.toBe(first.digest);
  expect(changed.layers[1]).toBe(first.layers[1]);
  expect(storeContent().layers).toHaveLength(3);
});

it("give the same digest wherever on this machine they come from, and whenever they were written", async () => {
  const first = await build({ "/opt/a": host("agent/lib/a") });
  writeFileSync(host("elsewhere"), "a");
  utimesSync(host("elsewhere"), 1, 1);
  expect((await build({ "/opt/a": host("elsewhere") })).digest).toBe(first.digest);
});

it.each([
  ["/bin/tool", "usr/bin/tool"],
  ["/var/run/x", "run/x"],
  ["/out/x", "etc/x"],
])("%s lands where the image's links lead, at %s, never outside", async (inside, landed) => {
  const layer = await layerOf({ [inside]: host("agent/lib/a") });
  expect(readFileSync(join(layer, landed), "utf8")).toBe("a");
  expect(existsSync("/etc/x")).toBe(false);
});

it("in a directory do not hide the image's links and directories of the same name", async () => {
  mkdirSync(host("tree/bin"), { recursive: true });
  mkdirSync(host("tree/etc/app"), { recursive: true });
  writeFileSync(host("tree/bin/tool"), "t");
  writeFileSync(host("tree/etc/app/conf"), "c");
  const layer = await layerOf({ "/": host("tree") });
  expect(existsSync(join(layer, "bin"))).toBe(false);
  expect(readFileSync(join(layer, "usr/bin/tool"), "utf8")).toBe("t");
  expect(lstatSync(join(layer, "etc/app")).mode & 0o7777).toBe(0o750);
});

it.each<[string, () => Record<string, string | FileSource>, string, RegExp]>([
  [
    "an owner that the image does not know",
    () => ({ "/a": { text: "", owner: "nobody-here" } }),
    "INVALID_OPTION",
    /files\["\/a"\]\.owner: the image has no "nobody-here"/,
  ],
  [
    "a pattern that nothing matches",
    () => ({ "/a": { path: host("agent"), include: ["*.rs"] } }),
    "NOT_FOUND",
    /files\["\/a"\]: nothing in ".*agent" matches/,
  ],
  [
    "a pattern in a file",
    () => ({ "/a": { path: host("agent/main.py"), include: ["*.py"] } }),
    "INVALID_OPTION",
    /files\["\/a"\]\.path: ".*main.py"/,
  ],
  [
    "a pattern that leaves its directory",
    () => ({ "/a": { path: host("agent"), include: ["../base/**"] } }),
    "NOT_FOUND",
    /files\["\/a"\]: nothing in ".*agent" matches/,
  ],
  ["a relative path inside", () => ({ "opt/a": host("agent") }), "INVALID_OPTION", /"opt\/a"/],
  ["an escaping path inside", () => ({ "/opt/../../a": host("agent") }), "INVALID_OPTION", /"\/opt\/\.\.\/\.\.\/a"/],
  ["a source that is not there", () => ({ "/a": host("none") }), "NOT_FOUND", /files\["\/a"\]: ".*none"/],
  [
    "a file on a directory",
    () => ({ "/etc": host("agent/main.py") }),
    "INVALID_OPTION",
    /"\/etc".*a directory in the image/,
  ],
  ["a directory on a file", () => ({ "/etc/motd": host("agent") }), "INVALID_OPTION", /"\/etc\/motd"/],
  ["a file below a file", () => ({ "/etc/motd/a": host("agent/main.py") }), "INVALID_OPTION", /"\/etc\/motd"/],
  ["a device", () => ({ "/a": "/dev/null" }), "INVALID_OPTION", /"\/dev\/null"/],
])("%s is refused, and nothing unfinished is left", async (_, files, code, message) => {
  await expect(build(files())).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  expect(storeContent()).toMatchObject({ images: [], unfinished: [] });
});

it("have the mode and the owner that are declared, as the image knows them", async () => {
  writeFileSync(host("base/etc/passwd"), "root:x:0:0::/:/bin/sh\nagent:x:1500:1600::/:/bin/sh\n");
  writeFileSync(host("base/etc/group"), "root:x:0:\nstaff:x:50:\n");
  const layer = await layerOf({
    "/a": { path: host("agent"), mode: "0640", owner: "agent" },
    "/b": { text: "b", mode: "600", owner: "agent:staff" },
    "/c": { text: "c", owner: "7" },
    "/d": { text: "d", owner: "7:staff" },
  });
  const is = (path: string) => {
    const { mode, uid, gid } = lstatSync(join(layer, path));
    return [(mode & 0o7777).toString(8), uid, gid];
  };
  expect(["a", "a/lib", "a/main.py", "a/lib/b", "b", "c", "d"].map(is)).toEqual([
    ["750", 1500, 1600],
    ["750", 1500, 1600],
    ["640", 1500, 1600],
    ["777", 1500, 1600],
    ["600", 1500, 50],
    ["644", 7, 7],
    ["644", 7, 50],
  ]);
});

it("of a directory are those that match and that its ignore file does not name", async () => {
  writeFileSync(host("agent/.env"), "TOKEN=1");
  writeFileSync(host("agent/lib/x.py"), "x");
  mkdirSync(host("agent/cache/deep"), { recursive: true });
  writeFileSync(host("agent/cache/deep/y.py"), "y");
  mkdirSync(host("agent/empty"));
  writeFileSync(host("agent/.sandstackignore"), "# kept here\n.env\ncache/\n*\n!*.py\n!lib\n!empty\n!/lib/b\n");
  const found = (layer: string) =>
    readdirSync(join(layer, "a"), { recursive: true, encoding: "utf8" })
      .filter((path) => !path.includes("/."))
      .sort();
  expect(found(await layerOf({ "/a": host("agent") }))).toEqual(["empty", "lib", "lib/b", "lib/x.py", "main.py"]);
  expect(found(await layerOf({ "/a": { path: host("agent"), include: ["*.py", "!main.py"] } }))).toEqual([
    "lib",
    "lib/x.py",
  ]);
  expect(found(await layerOf({ "/a": { path: host("agent"), include: ["/lib/"] } }))).toEqual([
    "lib",
    "lib/b",
    "lib/x.py",
  ]);
});

it("are not waited for where a pipe is in the place of the ignore file", async () => {
  execFileSync("mkfifo", [host("agent/.sandstackignore")]);
  await expect(layerOf({ "/a": host("agent") })).rejects.toMatchObject({
    code: "CORRUPT",
    message: expect.stringMatching(/\.sandstackignore: it is a pipe, and no file\.$/) as string,
  });
});

it("whose names, or whose links' words, are no UTF-8 are refused by name", async () => {
  writeFileSync(Buffer.concat([Buffer.from(host("agent/caf")), Buffer.from([0xe9])]), "x");
  const refusal = (message: RegExp) => ({ code: "INVALID_OPTION", message: expect.stringMatching(message) as string });
  await expect(layerOf({ "/a": host("agent") })).rejects.toMatchObject(refusal(/agent: caf\\udce9" is not valid/));
  rmSync(Buffer.concat([Buffer.from(host("agent/caf")), Buffer.from([0xe9])]));
  symlinkSync(Buffer.from([0x61, 0xff]), host("agent/link"));
  await expect(layerOf({ "/a": host("agent") })).rejects.toMatchObject(refusal(/link: a\\udcff" is not valid/));
  await expect(layerOf({ "/a": { text: "half \ud83d" } })).rejects.toMatchObject(refusal(/^files\.\/a\.text: /));
});

it("that give another user's rights here do not give root's inside", async () => {
  execFileSync("chmod", ["6755", host("agent/main.py")]);
  const layer = await layerOf({ "/a": host("agent/main.py") });
  expect(lstatSync(join(layer, "a")).mode & 0o7777).toBe(0o755);
});
