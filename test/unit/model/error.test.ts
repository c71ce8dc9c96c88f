import { describe, expect, it } from "vitest";
import { invalidOption, SandstackError } from "../../../src/model/error";

describe("SandstackError", () => {
  it("carries code, message, cause and hint", () => {
    const cause = new Error("why");
    const error = new SandstackError("NO_SPACE", "full", { cause, hint: "free some" });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "SandstackError",
      code: "NO_SPACE",
      message: "full",
      cause,
      hint: "free some",
    });
  });

  it("without a cause has none", () => expect("cause" in new SandstackError("LIMIT", "x")).toBe(false));

  it("from itself is itself", () => {
    const error = new SandstackError("LIMIT", "x");
    expect(SandstackError.from(error, "INTERNAL")).toBe(error);
  });

  it.each([
    [new Error("boom"), "boom"],
    ["a word", "a word"],
    [undefined, "undefined"],
  ])("from %s keeps the words and the cause", (thrown, message) => {
    expect(SandstackError.from(thrown)).toMatchObject({ code: "INTERNAL", message });
    expect(SandstackError.from(thrown, "START_FAILED").code).toBe("START_FAILED");
  });
});

it.each([
  ["lots", 'memory: "lots" is not valid.'],
  ["", 'memory: "" is not valid.'],
  [-1, "memory: -1 is not valid."],
  [undefined, "memory: undefined is not valid."],
])("invalidOption names the option and %j", (received, message) => {
  expect(invalidOption("memory", received, "a size")).toMatchObject({
    code: "INVALID_OPTION",
    message,
    hint: "memory takes a size.",
  });
});
