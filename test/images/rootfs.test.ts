import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildImage } from "../../src/images";
import { leakCheckEachTest } from "../support/leak-check";
import { ESCAPES } from "./escapes";
import { NOTHING, storeContent, useOwnStore } from "./own-store";
import { directory, type MadeEntry, makeTar } from "./tar-maker";

leakCheckEachTest();
useOwnStore();

let folder: string;
beforeEach(() => (folder = mkdtempSync("/var/tmp/sandstack-rootfs-")));
afterEach(() => rmSync(folder, { recursive: true }));

const rootOf = async (rootfs: string) => (await buildImage({ from: { rootfs } })).layers[0] as string;
const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as unknown;

/** A small tree with all that is easily lost on the way. */
function plant(): string {
  const tree = join(folder, "tree");
  mkdirSync(join(tree, "usr/bin"), { recursive: true });
  mkdirSync(join(tree, "etc"));
  writeFileSync(join(tree, "usr/bin/tool"), "#!/bin/sh\n");
  chmodSync(join(tree, "usr/bin/tool"), 0o4755);
  linkSync(join(tree, "usr/bin/tool"), join(tree, "usr/bin/tool2"));
  symlinkSync("usr/bin", join(tree, "bin"));
  writeFileSync(join(tree, "etc/owned"), "of somebody\n");
  chownSync(join(tree, "etc/owned"), 1234, 5678);
  writeFileSync(join(tree, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n");
  writeFileSync(join(tree, "etc/resolv.conf"), "nameserver 192.0.2.53\n");
  execFileSync("truncate", ["-s", "1M", join(tree, "etc/sparse")]);
  return tree;
}

describe("a directory as root file system", () => {
  it("keeps owners, modes, links and hard links, and becomes a sandbox's own", async () => {
    const root = await rootOf(plant());
    const at = (path: string) => lstatSync(join(root, path));
    expect(at("etc/owned")).toMatchObject({ uid: 1234, gid: 5678 });
    expect(at("usr/bin/tool").mode & 0o7777).toBe(0o4755);
    expect(at("usr/bin/tool").ino).toBe(at("usr/bin/tool2").ino);
    expect(readlinkSync(join(root, "bin"))).toBe("usr/bin");
    expect(readFileSync(join(root, "etc/resolv.conf"), "utf8")).toBe("");
    expect(readFileSync(join(root, "etc/hostname"), "utf8")).toBe("sandbox\n");
    expect(readFileSync(join(root, "etc/passwd"), "utf8")).toMatch(/^agent:x:1001:1001::\/home\/agent:\/bin\/sh$/m);
    expect(at("home/agent")).toMatchObject({ uid: 1001, gid: 1001 });
  });

  it("gives the same digest as each kind of archive of it", async () => {
    const tree = plant();
    const tar = (name: string, ...flags: string[]) => {
      execFileSync("tar", ["-c", "--format=pax", ...flags, "-f", join(folder, name), "-C", tree, "."]);
      return join(folder, name);
    };
    const forms = [tree, tar("t.tar"), tar("t.gz", "-z"), tar("t.xz", "-J"), tar("t.zst", "--zstd")];
    const digests = [];
    for (const rootfs of forms) digests.push((await buildImage({ from: { rootfs } })).digest);
    expect(new Set(digests)).toEqual(new Set([digests[0]]));
    expect(storeContent().layers).toHaveLength(1);
  });

  it.each<[string, (tree: string) => void]>([
    ["a byte", (tree) => writeFileSync(join(tree, "etc/owned"), "of Somebody\n")],
    ["a mode", (tree) => chmodSync(join(tree, "etc/owned"), 0o600)],
    ["an owner", (tree) => chownSync(join(tree, "etc/owned"), 1234, 0)],
    ["a link", (tree) => (rmSync(join(tree, "bin")), symlinkSync("usr", join(tree, "bin")))],
    ["a name", (tree) => writeFileSync(join(tree, "new"), "")],
    ["one of two hard links", (tree) => rmSync(join(tree, "usr/bin/tool2"))],
  ])("is another image after %s has changed", async (_, change) => {
    const tree = plant();
    const { digest } = await buildImage({ from: { rootfs: tree } });
    change(tree);
    expect((await buildImage({ from: { rootfs: tree } })).digest).not.toBe(digest);
  });

  it("is refused with a device in it, by name, and nothing is left", async () => {
    const tree = plant();
    execFileSync("mknod", [join(tree, "etc/disk"), "b", "8", "0"]);
    await expect(buildImage({ from: { rootfs: tree } })).rejects.toEqual(
      refused("BAD_ARCHIVE", /"etc\/disk" is a device/),
    );
    expect(storeContent()).toEqual(NOTHING);
  });

  it("is refused where it holds the store, or is not there", async () => {
    await expect(buildImage({ from: { rootfs: "/var" } })).rejects.toEqual(refused("INVALID_OPTION", /"\/var"/));
    await expect(buildImage({ from: { rootfs: "./none" } })).rejects.toEqual(refused("NOT_FOUND", /"\.\/none"/));
    await expect(buildImage({ from: { rootfs: "/dev/null" } })).rejects.toEqual(
      refused("INVALID_OPTION", /"\/dev\/null"/),
    );
  });

  it("takes no packages", async () => {
    const args = { from: { rootfs: plant() }, packages: ["git"] };
    await expect(buildImage(args)).rejects.toEqual(refused("INVALID_OPTION", /packages: git/));
  });
});

describe("an archive as root file system", () => {
  const write = (entries: readonly MadeEntry[]) => {
    writeFileSync(join(folder, "a.tar"), makeTar(entries));
    return join(folder, "a.tar");
  };

  it("keeps extended attributes and long names", async () => {
    const name = `${"deep/".repeat(40)}file`;
    const root = await rootOf(
      write([{ path: "x", content: "y", pax: { path: name, "SCHILY.xattr.user.note": "kept", mtime: "7.25" } }]),
    );
    expect(lstatSync(join(root, name)).mtimeMs).toBe(7250);
    expect(execFileSync("tar", ["-c", "--xattrs", "--format=pax", "-C", root, "."]).toString("latin1")).toContain(
      "SCHILY.xattr.user.note=kept",
    );
  });

  it("may have the devices of every /dev, which a sandbox has anyway", async () => {
    const root = await rootOf(
      write([directory("./dev/"), { path: "./dev/null", type: "3", device: [1, 3] }, { path: "./a" }]),
    );
    expect(readdirSync(join(root, "dev"))).toEqual([]);
  });

  it.each<[string, MadeEntry[], RegExp]>([
    ...ESCAPES,
    ["a device", [{ path: "./dev/mem", type: "3", device: [1, 1] }], /"\.\/dev\/mem" is a device/],
  ])("is refused with %s, by name, and nothing is left", async (_, entries, message) => {
    const good = { path: "good", content: "unpacked before the bad one is seen" };
    await expect(buildImage({ from: { rootfs: write([good, ...entries]) } })).rejects.toEqual(
      refused("BAD_ARCHIVE", message),
    );
    expect(storeContent()).toEqual(NOTHING);
    expect(existsSync("/var/tmp/sandstack-escaped")).toBe(false);
  });

  it.each([
    ["text", Buffer.from("no archive ".repeat(100)), /not a tar archive/],
    ["nothing", Buffer.alloc(0), /too early|empty/],
    ["half of one", makeTar([{ path: "a", content: "x".repeat(2000) }]).subarray(0, 1024), /too early/],
  ])("is refused when it is %s", async (_, content, message) => {
    const file = join(folder, "bad");
    writeFileSync(file, content);
    await expect(buildImage({ from: { rootfs: file } })).rejects.toEqual(refused("BAD_ARCHIVE", message));
    expect(storeContent()).toEqual(NOTHING);
  });

  it("is refused when its compressed data breaks off", async () => {
    const file = join(folder, "t.gz");
    execFileSync("tar", ["-czf", file, "-C", plant(), "."]);
    writeFileSync(file, readFileSync(file).subarray(0, 400));
    await expect(buildImage({ from: { rootfs: file } })).rejects.toEqual(
      refused("BAD_ARCHIVE", /decompressed .*unexpected end of file/),
    );
    expect(storeContent()).toEqual(NOTHING);
  });
});
