import { describe, expect, it } from "vitest";
import { parseImageConfig } from "../../../src/model/image-config";

describe("the config of an image", () => {
  it("is what is given, and no more", () => {
    expect(parseImageConfig({})).toEqual({});
    const config = { env: { A: "1" }, user: "bob", cwd: "/opt/app" };
    expect(parseImageConfig(config)).toEqual(config);
  });

  it.each<[string, object, string, string]>([
    [
      "a list",
      { env: ["A=1"] },
      'env: "[\\"A=1\\"]" is not valid.',
      'env takes names and values such as { LANG: "C.UTF-8" }.',
    ],
    [
      "a number",
      { env: { A: 1 } },
      'env: "A" is a number, not a string.',
      'env takes names and values such as { LANG: "C.UTF-8" }.',
    ],
    [
      "a name with =",
      { env: { "A=B": "1" } },
      'env: "A=B" is no name of a variable.',
      'env takes names and values such as { LANG: "C.UTF-8" }.',
    ],
    [
      "too much",
      { env: { A: "x".repeat(20_000) } },
      "env: 20002 bytes are more than the 16384 that an image has room for.",
      "Put the longest into a file.",
    ],
    [
      "a user with a colon",
      { user: "a:b" },
      'user: "a:b" is not valid.',
      "user takes a name or number from the image's /etc/passwd.",
    ],
    [
      "a user that is a number",
      { user: 7 },
      "user: 7 is not valid.",
      "user takes a name or number from the image's /etc/passwd.",
    ],
    [
      "a relative directory",
      { cwd: "opt" },
      'cwd: "opt" is not valid.',
      "cwd takes an absolute path inside the image, without `..`.",
    ],
    [
      "an escaping directory",
      { cwd: "/opt/../.." },
      'cwd: "/opt/../.." is not valid.',
      "cwd takes an absolute path inside the image, without `..`.",
    ],
  ])("refuses %s", (_, given, message, hint) => {
    expect(() => parseImageConfig(given)).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message, hint }));
  });
});
