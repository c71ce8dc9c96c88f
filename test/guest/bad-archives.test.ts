import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BAD_SPARSE, sparseEntry } from "../images/sparse-maker";
import { directory, makeTar, type MadeEntry } from "../images/tar-maker";
import { Tag, TarFlag, Verb } from "../../src/model/protocol";
import { at, sendTo, unpack } from "./file-calls";
import { TestGuest } from "./harness";

const whole = makeTar([{ path: "f", content: "x".repeat(1_000) }]);
const spoiled = (at: number, bytes: Buffer | string): Buffer => {
  const copy = Buffer.from(whole);
  copy.write(bytes.toString("latin1"), at, "latin1");
  return copy;
};
/** With the checksum made right again. */
const resummed = (at: number, bytes: Buffer | string): Buffer => {
  const copy = spoiled(at, bytes);
  copy.write("        ", 148, "latin1");
  const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return copy;
};

const BAD: [string, Buffer | MadeEntry[], RegExp][] = [
  ["an absolute name", [{ path: "/etc/evil" }], /\/etc\/evil: its name is absolute/],
  ["a name with ..", [{ path: "a/../../evil" }], /a\/\.\.\/\.\.\/evil: its name leads out/],
  ["a name with .. by pax", [{ path: "x", pax: { path: "../evil" } }], /\.\.\/evil: its name leads out/],
  ["no name", [{ path: "" }], /empty/],
  ["the top as a file", [{ path: "." }], /top/],
  ["a link to nothing", [{ path: "l", type: "2", link: "" }], /l: a link to nothing/],
  ["a link with content", [{ path: "l", type: "2", link: "x", content: "x" }], /l: a link with bytes/],
  ["a hard link out", [{ path: "l", type: "1", link: "../victim" }], /l: a hard link that leads out/],
  ["an absolute hard link", [{ path: "l", type: "1", link: "/etc/passwd" }], /l: a hard link that leads out/],
  ["a hard link to nothing", [{ path: "l", type: "1", link: "none" }], /l: a hard link to what is no file/],
  ["a hard link to a directory", [directory("d"), { path: "l", type: "1", link: "d" }], /l: a hard link to what/],
  [
    "a hard link through a link out",
    [
      { path: "up", type: "2", link: ".." },
      { path: "l", type: "1", link: "up/victim" },
    ],
    /l: it goes through a link that leads out/,
  ],
  [
    "a file through a link out",
    [
      { path: "up", type: "2", link: "/etc" },
      { path: "up/evil", content: "x" },
    ],
    /up\/evil: it goes through a link that leads out/,
  ],
  [
    "a directory through a link out",
    [{ path: "up", type: "2", link: ".." }, directory("up/evil/er")],
    /up\/evil\/er: it goes through a link that leads out/,
  ],
  ["a character device", [{ path: "null", type: "3", device: [1, 3] }], /null: a device/],
  ["a block device", [{ path: "disk", type: "4", device: [7, 0] }], /disk: a device/],
  ["a pipe", [{ path: "fifo", type: "6" }], /fifo: a named pipe/],
  ["an unknown kind", [{ path: "what", type: "M" }], /what: .*unknown/],
  ["a sparse file", [{ path: "holes", type: "S" }], /holes: a sparse file/],
  [
    "a sparse file without its size",
    [{ path: "holes", pax: { "GNU.sparse.major": "1" } }],
    /holes: .*without its version or size/,
  ],
  ["a sparse file of another version", [{ path: "holes", pax: { "GNU.sparse.major": "0" } }], /version other than 1.0/],
  [
    "a sparse file with its map in records",
    [{ path: "holes", pax: { "GNU.sparse.map": "0,1" } }],
    /version other than 1.0/,
  ],
  [
    "a sparse directory",
    [{ ...directory("d"), pax: sparseEntry("d", { size: 0, map: [] }, "").pax }],
    /holes in what is no file/,
  ],
  ...BAD_SPARSE.map(([what, entry, message]): [string, MadeEntry[], RegExp] => [
    `a sparse file with ${what}`,
    [entry],
    message,
  ]),
  ["a size that is none", [{ path: "f", pax: { size: "-1" } }], /pax size/],
  ["a size beyond all", [{ path: "f", pax: { size: "99999999999999999999" } }], /pax size/],
  ["a name too long", [{ path: "f", pax: { path: "x".repeat(5_000) } }], /pax path/],
  ["a name with a NUL", [{ path: "f", pax: { path: "x\0y" } }], /pax path/],
  ["records without end", [{ path: "x", type: "x", content: "x".repeat(300_000) }], /too long/],
  ["a record that is none", [{ path: "x", type: "x", content: "99 path=x\n" }], /malformed/],
  ["a GNU name without end", [{ path: "././@LongLink", type: "L", content: "n".repeat(5_000) }], /name is too long/],
  ["nothing", Buffer.alloc(0), /cut off/],
  ["half a header", whole.subarray(0, 300), /cut off/],
  ["half a file", whole.subarray(0, 800), /cut off/],
  ["no end", whole.subarray(0, 512 + 1024), /cut off/],
  ["no tar", Buffer.alloc(1_024, "x"), /checksum/],
  ["a wrong checksum", spoiled(0, "g"), /checksum/],
  ["a negative size", resummed(124, Buffer.alloc(12, 0xff)), /below zero/],
  ["a size of 2^70", resummed(124, Buffer.from([0x80, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0])), /number is none/],
  ["a size that is no number", resummed(124, "0000000zzzz\0"), /number is none/],
];

describe("a bad archive", () => {
  test.each(BAD)("with %s", async (_what, made, message) => {
    const guest = await TestGuest.start();
    const client = await guest.connect();
    writeFileSync(join(guest.root, "tmp/victim"), "x");
    const archive = Buffer.isBuffer(made) ? made : makeTar(made);
    const refused = await unpack(client, archive, "/tmp/in").then(
      () => "unpacked",
      (error: Error) => error.message,
    );
    expect(refused).toMatch(/^BAD_ARCHIVE: /);
    expect(refused).toMatch(message);
    for (const path of ["tmp/evil", "etc/evil", "evil"]) expect(existsSync(join(guest.root, path))).toBe(false);
    expect(lstatSync(join(guest.root, "tmp/victim")).nlink).toBe(1);
    expect(readdirSync(join(guest.root, "tmp/in")).filter((name) => name.startsWith(".sandstack"))).toEqual([]);
  });

  test("whose entries can't all be made leaves those out for a client that is told of them", async () => {
    const guest = await TestGuest.start();
    const client = await guest.connect();
    const archive = makeTar([
      { path: "fifo", type: "6" },
      { path: "null", type: "3", device: [1, 3] },
      { path: "up", type: "2", link: "../../../../etc" },
      { path: "up/evil", content: "x".repeat(2_000) },
      { path: "l", type: "1", link: "fifo" },
      { path: "same", type: "1", link: "up" },
      directory("d"),
      { path: "d", content: "y".repeat(700) },
      { path: "last", content: "there" },
    ]);
    const stream = client.open(Verb.TAR_IN, at("/tmp/in").number(Tag.FLAGS, TarFlag.TELL));
    await sendTo(stream, archive);
    expect(stream.events.map((event) => `${event.text(Tag.PATH)}: ${event.text(Tag.MESSAGE)}`)).toEqual([
      "fifo: a named pipe",
      "null: a device",
      "up/evil: it goes through a link that leads out",
      "l: a hard link to what is no file of the archive",
      "d: Is a directory",
    ]);
    const into = join(guest.root, "tmp/in");
    expect(readdirSync(into).sort()).toEqual(["d", "last", "same", "up"]);
    expect([readlinkSync(join(into, "up")), readlinkSync(join(into, "same"))]).toEqual(
      Array(2).fill("../../../../etc"),
    );
    expect(readFileSync(join(into, "last"), "utf8")).toBe("there");
    expect(existsSync(join(guest.root, "etc/evil"))).toBe(false);
  });

  test("a size in base 256 is one", async () => {
    const guest = await TestGuest.start();
    const size = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x03, 0xe8]);
    expect(await unpack(await guest.connect(), resummed(124, size))).toBe(1_000);
  });
});
