import { describe, expect, it } from "vitest";
import { shortage } from "../../../src/images/store/room";
import { ArchiveBounds, BOUNDS } from "../../../src/images/tree/archive-bounds";
import { HOLES_LIMIT } from "../../../src/images/tree/hole-filler";
import type { TarEntry } from "../../../src/images/tree/tar-header";

const GiB = 2 ** 30;
const entry = (path: string, size = 0): TarEntry => ({
  ...{ path, kind: "file", mode: 0, uid: 0, gid: 0, size, mtime: "0", link: "", attributes: [] },
});

describe("an archive's bounds", () => {
  it.each<[string, number, number, boolean]>([
    ["a small one may be as odd as it likes", 1000, GiB, true],
    ["but not odder", 1000, GiB + 1, false],
    ["10 MiB are no 10 GiB", 10 << 20, 10 * GiB, false],
    ["a fifth is what files pack to", 4 * GiB, 20 * GiB, true],
    ["a hundredth is the least", GiB, 100 * GiB, true],
    ["and no byte less", GiB, 100 * GiB + 1, false],
    ["what is not packed has none", 3000 * GiB, 3000 * GiB, true],
  ])("%s", (_, packed, unpacked, goes) => {
    const take = () => new ArchiveBounds(packed).takeBytes(unpacked);
    if (goes) expect(take).not.toThrow();
    else expect(take).toThrow(/unpack to more than \d+/);
  });

  it("are as many entries as a large image has, and no millions of them", () => {
    const bounds = new ArchiveBounds(GiB);
    for (let i = 0; i < BOUNDS.entries; i++) bounds.takeEntry(entry("a"));
    expect(() => bounds.takeEntry(entry("a"))).toThrow(/more than 2000000 entries/);
  });

  it("are as many bytes of names as fit into memory", () => {
    const bounds = new ArchiveBounds(GiB);
    const long = entry(`${"n".repeat(255)}/`.repeat(15));
    const count = Math.floor(BOUNDS.names / long.path.length);
    for (let i = 0; i < count; i++) bounds.takeEntry(long);
    expect(() => bounds.takeEntry(long)).toThrow(/bytes of names/);
  });

  it.each([
    ["a name of 255 bytes", "n".repeat(255), true],
    ["two of them", `${"n".repeat(255)}/${"n".repeat(255)}`, true],
    ["one with a slash behind it", `a/${"n".repeat(255)}/`, true],
    ["a name of 256 bytes", "n".repeat(256), false],
    ["one in the middle", `a/${"n".repeat(256)}/b`, false],
    ["one at the end", `a/b/${"n".repeat(256)}`, false],
    ["a path of 4,096 bytes", "a/".repeat(2048), false],
  ])("are the names that Linux takes: %s", (_, path, goes) => {
    const take = () => new ArchiveBounds(GiB).takeEntry(entry(path));
    if (goes) expect(take).not.toThrow();
    else expect(take).toThrow(/is too long/);
  });

  it("are the holes of all its files together", () => {
    const bounds = new ArchiveBounds(GiB);
    bounds.takeHoles(entry("one", HOLES_LIMIT), HOLES_LIMIT - 1);
    bounds.takeHoles(entry("two", 1), 1);
    expect(() => bounds.takeHoles(entry("three", 7), 1)).toThrow(/"three" says that it has 7 bytes/);
  });
});

describe("room", () => {
  const roomy = { bytes: 100 * GiB, freeBytes: 50 * GiB, files: 1e6, freeFiles: 5e5 };
  it.each([
    ["enough", roomy, undefined],
    ["a gibibyte left of a large disk", { ...roomy, freeBytes: GiB }, undefined],
    ["less", { ...roomy, freeBytes: GiB - 1 }, /less than 1073741824 bytes of its/],
    ["a twentieth of a small one", { ...roomy, bytes: 200 << 20, freeBytes: 10 << 20 }, undefined],
    ["less of it", { ...roomy, bytes: 200 << 20, freeBytes: (10 << 20) - 1 }, /less than 10485760 bytes/],
    ["no more files", { ...roomy, freeFiles: 9999 }, /less than 10000 more files/],
    ["a file system that counts none", { ...roomy, files: 0, freeFiles: 0 }, undefined],
  ])("%s", (_, room, expected) => {
    if (expected) expect(shortage(room)).toMatch(expected);
    else expect(shortage(room)).toBeUndefined();
  });
});
