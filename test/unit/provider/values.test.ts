import { expect, it } from "vitest";
import { hasUnknown, readProperties, UNKNOWN, writeProperties } from "../../../src/provider/values";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

it("reads secrets and what is unknown, wherever they are", () => {
  const given = { plain: [1, { a: null }], deep: { list: [{ ...SECRET, value: "s" }] }, later: { x: UNKNOWN_TEXT } };
  const { values, secrets } = readProperties(writeProperties(given));
  expect(values).toEqual({ plain: [1, { a: null }], deep: { list: ["s"] }, later: { x: UNKNOWN } });
  expect([...secrets]).toEqual(["deep"]);
});

it("writes a property with a secret as one whole, and nothing of what is undefined", () => {
  const struct = writeProperties({ a: { b: "s", c: undefined }, d: undefined, e: UNKNOWN }, new Set(["a", "d"]));
  expect(struct.toJavaScript()).toEqual({ a: { ...SECRET, value: { b: "s" } }, e: UNKNOWN_TEXT });
});

it("is empty where nothing was given", () => expect(readProperties(undefined).values).toEqual({}));

it.each([
  [UNKNOWN, true],
  [{ a: [1, UNKNOWN] }, true],
  [{ a: [1, null] }, false],
  ["x", false],
])("hasUnknown(%o) is %s", (value, expected) => expect(hasUnknown(value)).toBe(expected));
