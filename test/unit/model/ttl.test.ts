import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../../src/model/ttl";

describe("parseDuration", () => {
  it.each([
    ["500ms", 500],
    ["90s", 90_000],
    ["15m", 900_000],
    ["1h30m", 5_400_000],
    ["2d", 172_800_000],
    ["1.5h", 5_400_000],
    ["30d", 2_592_000_000],
    [250, 250],
    [1.4, 1],
  ])("%j is %d ms", (value, ms) => expect(parseDuration("ttl", value)).toBe(ms));

  it.each([
    ["0s"],
    ["-5s"],
    ["soon"],
    [""],
    ["5"],
    ["5 m"],
    ["5m "],
    ["1h-5m"],
    ["31d"],
    ["1e3s"],
    [0],
    [-1],
    [0.2],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [null],
    [undefined],
    [true],
  ])("%j is refused, naming the option and the value", (value) => {
    const received = typeof value === "string" ? JSON.stringify(value) : String(value);
    expect(() => parseDuration("--ttl", value)).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: `--ttl: ${received} is not valid.`,
        hint: expect.stringContaining("90s") as string,
      }),
    );
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0s"],
    [1, "1ms"],
    [90_000, "1m30s"],
    [5_400_000, "1h30m"],
    [86_400_000, "1d"],
    [90_061_001, "1d1h1m1s1ms"],
  ])("%d ms is %j", (ms, text) => expect(formatDuration(ms)).toBe(text));

  it.each([1, 999, 61_000, 3_600_000, 2_592_000_000])("parses back to %d", (ms) => {
    expect(parseDuration("ttl", formatDuration(ms))).toBe(ms);
  });
});
