import type { MadeEntry } from "./tar-maker";

/** The facts that a file with holes tells of itself: its size, and offset and length of each piece of data. */
export interface SparseShape {
  size: number | string;
  map: readonly (readonly [number | string, number | string])[];
  /** How many pieces the map announces, where that is not how many it has. */
  count?: number | string;
}

/** The map as GNU tar's pax format 1.0 has it. */
export function sparseMap({ map, count = map.length }: SparseShape): Buffer {
  const text = [count, ...map.flat()].map((number) => `${number}\n`).join("");
  return Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)]);
}

/** An entry of a file with holes, whatever its map says. */
export function sparseEntry(path: string, shape: SparseShape, data: string): MadeEntry {
  const pax = {
    "GNU.sparse.major": "1",
    "GNU.sparse.minor": "0",
    "GNU.sparse.name": path,
    "GNU.sparse.realsize": String(shape.size),
  };
  return {
    path: `GNUSparseFile.0/${path}`.slice(0, 99),
    pax,
    content: Buffer.concat([sparseMap(shape), Buffer.from(data)]),
  };
}

const x = "x".repeat(512);

/** Entries that no honest tar writes; both sides refuse them. */
export const BAD_SPARSE: readonly [what: string, entry: MadeEntry, message: RegExp][] = [
  [
    "pieces out of order",
    sparseEntry(
      "f",
      {
        size: 4096,
        map: [
          [2048, 512],
          [0, 512],
        ],
      },
      x + x,
    ),
    /out of order/,
  ],
  [
    "pieces that overlap",
    sparseEntry(
      "f",
      {
        size: 4096,
        map: [
          [0, 1024],
          [512, 512],
        ],
      },
      x + x + x,
    ),
    /overlap/,
  ],
  ["a piece past its end", sparseEntry("f", { size: 4096, map: [[8192, 512]] }, x), /past the file's end/],
  ["a piece that ends past its end", sparseEntry("f", { size: 1000, map: [[512, 512]] }, x), /past the file's end/],
  [
    "a piece of 2^63",
    sparseEntry("f", { size: 4096, map: [["0", "9223372036854775808"]] }, x),
    /past the file's end|malformed/,
  ],
  [
    "an odd piece before another",
    sparseEntry(
      "f",
      {
        size: 4096,
        map: [
          [0, 100],
          [512, 512],
        ],
      },
      x + x,
    ),
    /no whole blocks/,
  ],
  [
    "an odd piece, and an empty one, before another",
    sparseEntry(
      "f",
      {
        size: 4096,
        map: [
          [0, 100],
          [512, 0],
          [1024, 512],
        ],
      },
      x + x,
    ),
    /no whole blocks/,
  ],
  [
    "more pieces than there is memory for",
    sparseEntry("f", { size: 4096, map: [], count: 1e9 }, x),
    /too many|too large/,
  ],
  ["a map that is no number", sparseEntry("f", { size: 4096, map: [["-1", 512]] }, x), /malformed/],
  ["an empty line", sparseEntry("f", { size: 4096, map: [["", 512]] }, x), /malformed/],
  [
    "more in its map than it says",
    sparseEntry(
      "f",
      {
        size: 4096,
        map: [
          [0, 512],
          [1024, 512],
        ],
        count: 1,
      },
      x,
    ),
    /longer than it says/,
  ],
  ["half a map", sparseEntry("f", { size: 4096, map: [], count: 3 }, ""), /malformed|less data/],
  ["more data than its map", sparseEntry("f", { size: 4096, map: [[0, 512]] }, x + x), /more data than its map/],
  ["less data than its map", sparseEntry("f", { size: 4096, map: [[0, 1024]] }, x), /less data than its map/],
  ["a size that is none", sparseEntry("f", { size: "-1", map: [] }, ""), /size/],
  ["a size beyond all", sparseEntry("f", { size: "99999999999999999999", map: [] }, ""), /size/],
];
