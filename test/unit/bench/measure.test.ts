import { describe, expect, it } from "vitest";
import { type Contender, interleave, summarize } from "../../../bench/measure";
import { formatTable } from "../../../bench/report";
import { compare, spread } from "../../../bench/row";

const timing = (median: number) => ({ n: 1, min: median, median });

describe("summarize", () => {
  it.each([
    [[3], { n: 1, min: 3, median: 3 }],
    [[4, 1], { n: 2, min: 1, median: 2.5 }],
    [[9, 1, 5], { n: 3, min: 1, median: 5 }],
    [[10, 2, 4, 8], { n: 4, min: 2, median: 6 }],
  ])("%j", (samples, expected) => expect(summarize(samples)).toEqual(expected));
});

describe("interleave", () => {
  it("takes turns, begins each round with another, and does not count the first round", async () => {
    const order: string[] = [];
    const contender = (name: string): Contender => ({
      name,
      sample: () => Promise.resolve(order.push(name) <= 2 ? 1_000 : order.length),
    });
    const timings = await interleave([contender("A"), contender("B")], 2);
    expect(order.join("")).toBe("ABBAAB");
    expect(timings.get("A")).toEqual({ n: 2, min: 4, median: 4.5 });
    expect(timings.get("B")).toEqual({ n: 2, min: 3, median: 4.5 });
  });
});

describe("compare", () => {
  it("sets a contender against its peer in the same run, and says whether the goal was met", () => {
    const timings = new Map([
      ["ours", timing(4)],
      ["theirs", timing(5)],
    ]);
    const peers = { ours: { peer: "theirs", goal: 0.8 } };
    expect(compare(timings, peers)).toEqual([
      { what: "ours", timing: timing(4), peer: "theirs", ratio: 0.8, goal: 0.8, met: true },
      { what: "theirs", timing: timing(5) },
    ]);
    expect(compare(timings, { ours: { peer: "theirs", goal: 0.79 } })[0]).toMatchObject({ met: false });
  });
});

describe("spread", () => {
  it("is the largest median over the smallest", () => {
    expect(spread("any", [timing(2), timing(6), timing(3)], 3)).toMatchObject({ ratio: 3, met: true });
    expect(spread("any", [timing(2), timing(7)], 3)).toMatchObject({ ratio: 3.5, met: false });
  });
});

describe("formatTable", () => {
  it("names a missed goal", () => {
    const table = formatTable(
      compare(
        new Map([
          ["a", timing(2)],
          ["b", timing(1)],
        ]),
        { a: { peer: "b", goal: 1.5 } },
      ),
    );
    expect(table.split("\n")[1]).toMatch(/^a +1 +2\.00 +2\.00 +b +2\.00 +≤ 1\.5 +MISSED$/);
  });
});
