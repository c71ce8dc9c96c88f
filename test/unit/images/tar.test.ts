import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { ArchiveRules } from "../../../src/images/rootfs/archive-rules";
import type { TarEntry } from "../../../src/images/tree/tar-header";
import { TarReader } from "../../../src/images/tree/tar-reader";
import { directory, type MadeEntry, makeTar } from "../../images/tar-maker";

interface Read extends TarEntry {
  content: string;
}

function readTar(archive: Buffer, pieces: readonly number[] = [archive.length]): Read[] {
  const found: Read[] = [];
  const reader = new TarReader({
    entry: (entry) => found.push({ ...entry, content: "" }),
    data: (piece) => (found.at(-1)!.content += piece.toString("latin1")),
    done: () => {},
  });
  let at = 0;
  for (let i = 0; at < archive.length; at += pieces[i++ % pieces.length]!) {
    reader.write(archive.subarray(at, at + pieces[i % pieces.length]!));
  }
  reader.finish();
  return found;
}

describe("what tar itself writes", () => {
  const root = mkdtempSync(join(tmpdir(), "sandstack-tar-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const long = `${"long".repeat(24)}/${"name".repeat(30)}`;
  mkdirSync(join(root, "tree", long, ".."), { recursive: true });
  writeFileSync(join(root, "tree/a"), "x".repeat(1500));
  chmodSync(join(root, "tree/a"), 0o4751);
  utimesSync(join(root, "tree/a"), 1.5, 1.5);
  linkSync(join(root, "tree/a"), join(root, "tree/b"));
  symlinkSync("a", join(root, "tree/c"));
  writeFileSync(join(root, "tree", long), "y".repeat(512));
  symlinkSync(`/${long}`, join(root, "tree/d"));
  // More holes than GNU's header has room for.
  const sparse = openSync(join(root, "tree/sparse"), "w");
  for (let i = 0; i < 12; i++) writeSync(sparse, "z", i * 65_536);
  closeSync(sparse);
  const made = (format: string, ...more: string[]) =>
    execFileSync("tar", ["-c", "--sort=name", `--format=${format}`, ...more, "-C", join(root, "tree"), "."]);

  it.each(["pax", "gnu", "pax --sparse", "gnu --sparse"])("is read: %s", (how) => {
    const [format = "", ...more] = how.split(" ");
    const found = new Map(readTar(made(format, ...more)).map((entry) => [entry.path, entry]));
    expect(found.get("./a")).toMatchObject({ kind: "file", mode: 0o4751, size: 1500, content: "x".repeat(1500) });
    expect(found.get("./b")).toMatchObject({ kind: "hard link", link: "./a", size: 0 });
    expect(found.get("./c")).toMatchObject({ kind: "symlink", link: "a" });
    expect(found.get(`./${long}`)?.content).toBe("y".repeat(512));
    expect(found.get("./d")?.link).toBe(`/${long}`);
    expect([...found.keys()]).toContain("./sparse");
    if (format === "pax") expect(found.get("./a")?.mtime).toBe("1.5");
  });

  it("is read the same in pieces of any size", () => {
    const archive = made("pax");
    const whole = readTar(archive);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 8 }), (pieces) => {
        expect(readTar(archive, pieces)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });
});

it.each([
  ["7", "7"],
  ["7.25", "7.25"],
  ["7.250000000", "7.25"],
  ["7.000000000", "7"],
  ["100", "100"],
])("a time of %s is %s, however a tar writes it", (mtime, read) => {
  expect(readTar(makeTar([{ path: "a", pax: { mtime } }]))[0]?.mtime).toBe(read);
});

describe("what is no archive", () => {
  const good = makeTar([directory("./"), { path: "./a", content: "hello" }]);

  it.each([
    ["text", Buffer.from("hello ".repeat(200))],
    ["one cut off in data", good.subarray(0, 1300)],
    ["one cut off between entries", good.subarray(0, 512)],
    ["one with a byte of a header changed", Buffer.concat([Buffer.from("x"), good.subarray(1)])],
    ["a pax header of impossible length", makeTar([{ path: "p", type: "x", content: "99 path=a\n" }])],
    ["a type that nobody knows", makeTar([{ path: "p", type: "Q" }])],
  ])("is refused: %s", (_, archive) => {
    expect(() => readTar(archive)).toThrow(expect.objectContaining({ code: "BAD_ARCHIVE" }));
  });

  it("ends in an error and not otherwise, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const damaged = Buffer.from(good);
        damaged[at] = byte;
        try {
          readTar(damaged);
        } catch (error) {
          expect(error).toMatchObject({ code: "BAD_ARCHIVE" });
        }
      }),
    );
  });
});

describe("what an archive of a root file system may hold", () => {
  const check = (entries: readonly MadeEntry[]) => {
    const rules = new ArchiveRules();
    for (const entry of readTar(makeTar(entries))) rules.check(entry);
  };

  it("is all that a Debian tree has, links of every usual kind among it", () => {
    check([
      directory("./"),
      directory("./usr/bin/"),
      { path: "./bin", type: "2", link: "usr/bin" },
      { path: "./usr/bin/perl", content: "#!" },
      { path: "./usr/bin/perl5", type: "1", link: "./usr/bin/perl" },
      { path: "./usr/bin/awk", type: "2", link: "/etc/alternatives/awk" },
      { path: "./usr/bin/up", type: "2", link: "../../etc/passwd" },
      { path: "./dev/null", type: "3", device: [1, 3] },
      { path: "./run/fifo", type: "6" },
    ]);
  });

  it.each<[string, MadeEntry[], RegExp]>([
    ["an absolute name", [{ path: "/etc/passwd" }], /"\/etc\/passwd"/],
    ["a name with ..", [{ path: "a/../../b" }], /"a\/\.\.\/\.\.\/b"/],
    ["a name with .. in its pax header", [{ path: "a", pax: { path: "../b" } }], /"\.\.\/b"/],
    ["a symlink that climbs out", [{ path: "d/l", type: "2", link: "../../x" }], /"d\/l".*"\.\.\/\.\.\/x"/],
    ["one that comes back first", [{ path: "l", type: "2", link: "a/../../x" }], /"l"/],
    ["a hard link to the outside", [{ path: "h", type: "1", link: "../etc/shadow" }], /"h".*"\.\.\/etc\/shadow"/],
    ["a hard link to an absolute name", [{ path: "h", type: "1", link: "/etc/shadow" }], /"h".*"\/etc\/shadow"/],
    ["a hard link to nothing", [{ path: "h", type: "1", link: "none" }], /"h".*"none"/],
    ["a name through a link", [{ path: "l", type: "2", link: "/etc" }, { path: "l/passwd" }], /"l\/passwd".*"l"/],
    ["a block device", [{ path: "./dev/sda", type: "4", device: [8, 0] }], /"\.\/dev\/sda" is a device/],
    ["memory under an innocent name", [{ path: "dev/null", type: "3", device: [1, 1] }], /"dev\/null" is a device/],
    ["null where it does not belong", [{ path: "home/null", type: "3", device: [1, 3] }], /"home\/null" is a device/],
    ["a root that is a link", [{ path: "./", type: "2", link: "etc" }], /root/],
  ])("is not %s", (_, entries, message) => {
    expect(() => check(entries)).toThrow(
      expect.objectContaining({ code: "BAD_ARCHIVE", message: expect.stringMatching(message) as string }),
    );
  });
});
