import { describe, expect, it } from "vitest";
import { parseFileSource, parseMode, parseOwner } from "../../../src/model/file-source";

const parse = (given: unknown) => parseFileSource('files["/a"]', given);

describe("an entry of an image's files", () => {
  it.each<[unknown, unknown]>([
    ["./agent", { path: "./agent" }],
    [
      { path: "./agent", include: ["*.py"] },
      { path: "./agent", include: ["*.py"] },
    ],
    [
      { text: "", mode: "644", owner: "a:b" },
      { text: "", mode: "644", owner: "a:b" },
    ],
  ])("may be %j", (given, source) => {
    expect(parse(given)).toEqual(source);
  });

  it.each<[unknown, string]>([
    [null, 'files["/a"]: "null" is not valid.'],
    [7, 'files["/a"]: "7" is not valid.'],
    [["a"], 'files["/a"]: "[\\"a\\"]" is not valid.'],
    [{ path: "a", text: "b" }, 'files["/a"]: "{\\"path\\":\\"a\\",\\"text\\":\\"b\\"}" is not valid.'],
    [{ path: "a", chmod: "644" }, 'files["/a"].chmod: there is no such option.'],
    [{ text: "a", include: ["b"] }, 'files["/a"].include: there is no such option.'],
    [{ path: "a", include: [] }, 'files["/a"].include: "[]" is not valid.'],
    [{ path: "a", include: "b" }, 'files["/a"].include: "\\"b\\"" is not valid.'],
    [{ path: "a", mode: 644 }, 'files["/a"].mode: 644 is not valid.'],
    [{ path: "a", owner: "a b" }, 'files["/a"].owner: "a b" is not valid.'],
  ])("is not %j", (given, message) => {
    expect(() => parse(given)).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message }) as Error);
  });
});

it.each<[unknown, number | undefined]>([
  ["0640", 0o640],
  ["640", 0o640],
  ["777", 0o777],
  ["4755", undefined],
  ["0888", undefined],
  ["64", undefined],
  ["u+x", undefined],
  [0o644, undefined],
])("mode %j is %j", (given, mode) => {
  if (mode === undefined) expect(() => parseMode("mode", given)).toThrow("mode: ");
  else expect(parseMode("mode", given)).toBe(mode);
});

it.each<[unknown, unknown]>([
  ["agent", { user: "agent" }],
  ["agent:staff", { user: "agent", group: "staff" }],
  ["1000", { user: 1000 }],
  ["0:65535", { user: 0, group: 65_535 }],
  ["65536", undefined],
  ["agent:", undefined],
  [":staff", undefined],
  ["-1", undefined],
  [1000, undefined],
  ["a:b:c", undefined],
])("owner %j is %j", (given, owner) => {
  if (owner === undefined) expect(() => parseOwner("owner", given)).toThrow("owner: ");
  else expect(parseOwner("owner", given)).toEqual(owner);
});
