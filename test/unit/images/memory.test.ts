import { describe, expect, it } from "vitest";
import { sharesOf } from "../../../src/images/debian/deb-shares";
import { memoryFor } from "../../../src/images/debian/memory";

const MIB = 1 << 20;
const GIB = 2 ** 30;

describe("the memory that a suite is made in", () => {
  it.each<[string, number, number, number | undefined]>([
    ["half of what is free, where that is plenty", 150 * MIB, 8 * GIB, 4 * GIB],
    ["just plenty: four times the packages twice and some more", 150 * MIB, 4 * 556 * MIB, 2 * 556 * MIB],
    ["none, where a byte is missing", 150 * MIB, 4 * 556 * MIB - 1, undefined],
    ["none, where the packages are large", 4 * GIB, 16 * GIB, undefined],
    ["none for no packages either, where hardly any is free", 0, 512 * MIB, undefined],
  ])("is %s", (_, installed, available, expected) => {
    expect(memoryFor(installed, available)).toBe(expected);
  });
});

describe("packages in shares", () => {
  const shares = (sizes: readonly number[], count: number) =>
    sharesOf(
      sizes.map((size) => ({ size })),
      count,
    ).map((share) => share.map(({ size }) => size));

  it.each<[string, readonly number[], number, number[][]]>([
    [
      "of about the same size",
      [1, 5, 2, 4, 3],
      2,
      [
        [5, 2, 1],
        [4, 3],
      ],
    ],
    ["one alone keeps all", [1, 2], 1, [[2, 1]]],
    ["no more than there are packages", [1], 4, [[1]]],
    ["none of nothing", [], 4, []],
  ])("are %s", (_, sizes, count, expected) => expect(shares(sizes, count)).toEqual(expected));
});
