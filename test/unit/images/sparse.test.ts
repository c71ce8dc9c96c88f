import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { HoleFiller } from "../../../src/images/tree/hole-filler";
import { SparseReader } from "../../../src/images/tree/sparse-reader";
import { TarReader } from "../../../src/images/tree/tar-reader";
import { BAD_SPARSE, sparseEntry, type SparseShape } from "../../images/sparse-maker";
import { makeTar } from "../../images/tar-maker";

type Told = ["entry", string, number] | ["data", string] | ["hole", number] | ["done"];

function readSparse(archive: Buffer, piece = archive.length): Told[] {
  const told: Told[] = [];
  const reader = new TarReader(
    new SparseReader({
      entry: ({ path, size, sparse }) => {
        expect(sparse).toBeUndefined();
        told.push(["entry", path, size]);
      },
      data: (bytes) => {
        const last = told.at(-1);
        if (last?.[0] === "data") last[1] += bytes.toString();
        else told.push(["data", bytes.toString()]);
      },
      hole: (bytes) => void told.push(["hole", bytes]),
      done: () => void told.push(["done"]),
    }),
  );
  for (let at = 0; at < archive.length; at += piece) reader.write(archive.subarray(at, at + piece));
  reader.finish();
  return told;
}

const x = "x".repeat(512);

describe("a sparse file", () => {
  it.each<[string, SparseShape & { size: number }, string, Told[]]>([
    ["without data", { size: 900, map: [] }, "", [["hole", 900]]],
    ["with a piece for its end", { size: 900, map: [[900, 0]] }, "", [["hole", 900]]],
    ["that is all data", { size: 512, map: [[0, 512]] }, x, [["data", x]]],
    ["of nothing", { size: 0, map: [[0, 0]] }, "", []],
    [
      "with holes between",
      {
        size: 3072,
        map: [
          [512, 512],
          [2048, 512],
          [3072, 0],
        ],
      },
      x + x,
      [
        ["hole", 512],
        ["data", x],
        ["hole", 1024],
        ["data", x],
        ["hole", 512],
      ],
    ],
    [
      "that ends with no whole block",
      {
        size: 1030,
        map: [
          [1024, 6],
          [1030, 0],
        ],
      },
      "ending",
      [
        ["hole", 1024],
        ["data", "ending"],
      ],
    ],
  ])("%s is shown with its size, data and holes", (_, shape, content, told) => {
    const archive = makeTar([sparseEntry("f", shape, content), { path: "g", content: "plain" }]);
    const whole: Told[] = [
      ["entry", "f", shape.size],
      ...told,
      ["done"],
      ["entry", "g", 5],
      ["data", "plain"],
      ["done"],
    ];
    expect(readSparse(archive)).toEqual(whole);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1500 }), (piece) => {
        expect(readSparse(archive, piece)).toEqual(whole);
      }),
    );
  });

  it.each(BAD_SPARSE)("is refused with %s", (_, entry, message) => {
    expect(() => readSparse(makeTar([entry]))).toThrow(
      expect.objectContaining({ code: "BAD_ARCHIVE", message: expect.stringMatching(message) as string }),
    );
  });
});

describe("what tar itself writes of holes", () => {
  const root = mkdtempSync(join(tmpdir(), "sandstack-sparse-"));
  afterAll(() => rmSync(root, { recursive: true }));

  it("is read as the bytes that it stands for", async () => {
    const size = (1 << 20) + 13;
    const file = openSync(join(root, "f"), "w");
    ftruncateSync(file, size);
    for (let at = 0; at < 12; at += 1) writeSync(file, String(at), at * 65_536 + 100);
    writeSync(file, "end", size - 3);
    closeSync(file);
    const tar = execFileSync("tar", ["-c", "--format=pax", "--sparse", "-C", root, "f"]);
    const plain = readFileSync(join(root, "f"));
    expect(tar.length).toBeLessThan(size / 2);
    const pieces: Buffer[] = [];
    const filler = new HoleFiller(
      { entry: ({ size: told }) => expect(told).toBe(size), data: (p) => void pieces.push(p), done: () => {} },
      size,
    );
    const reader = new TarReader(new SparseReader(filler));
    reader.write(tar);
    await filler.fill();
    expect(Buffer.concat(pieces).equals(plain)).toBe(true);
  });
});

describe("holes as zeros", () => {
  const archive = makeTar([
    sparseEntry("a", { size: 1 << 20, map: [[0, 512]] }, x),
    sparseEntry("b", { size: 1 << 20, map: [] }, ""),
  ]);
  const read = (limit: number) => {
    const filler = new HoleFiller({ entry: () => {}, data: () => {}, done: () => {} }, limit);
    new TarReader(new SparseReader(filler)).write(archive);
    return filler.fill();
  };

  it("are counted over all files, and too many are refused by the name of a file, with what it has", async () => {
    await read((2 << 20) - 512);
    expect(() => read((2 << 20) - 513)).toThrow(
      expect.objectContaining({
        code: "LIMIT",
        message: expect.stringMatching(/^"b" has 1048576 bytes, of which 0 are data/) as string,
      }),
    );
  });
});
