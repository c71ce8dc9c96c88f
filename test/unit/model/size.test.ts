import { describe, expect, it } from "vitest";
import { formatSize, parseSize } from "../../../src/model/size";

describe("parseSize", () => {
  it.each([
    ["1B", 1],
    ["512MiB", 536_870_912],
    ["2GiB", 2_147_483_648],
    ["1.5GB", 1_500_000_000],
    ["10 kB", 10_000],
    ["1TiB", 1_099_511_627_776],
    [4096, 4096],
  ])("%j is %d bytes", (value, bytes) => expect(parseSize("memory", value)).toBe(bytes));

  it.each([
    ["lots"],
    [""],
    ["512"],
    ["512M"],
    ["512mib"],
    ["-1MiB"],
    ["0MiB"],
    ["0.1B"],
    ["1 000MiB"],
    ["99999999999TiB"],
    [0],
    [-1],
    [1.5],
    [Number.NaN],
    [null],
    [undefined],
    [["1MiB"]],
  ])("%j is refused, naming the option and the value", (value) => {
    const received = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "undefined");
    expect(() => parseSize("--memory", value)).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: `--memory: ${received} is not valid.`,
        hint: expect.stringContaining("512MiB") as string,
      }),
    );
  });
});

describe("formatSize", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [536_870_912, "512 MiB"],
    [1_099_511_627_776, "1 TiB"],
    [1_125_899_906_842_624, "1024 TiB"],
  ])("%d bytes are %j", (bytes, text) => expect(formatSize(bytes)).toBe(text));
});
