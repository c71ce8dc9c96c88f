import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { bytesOf, fsPath, isByteText, textOf } from "../../../src/model/byte-text";
import { Fields, FieldWriter } from "../../../src/model/fields";

describe("bytes as a text", () => {
  it.each([
    ["caf\xe9", "caf\udce9"],
    ["\xff", "\udcff"],
    ["caf\xc3\xa9", "café"],
    ["\xf0\x9f\x92\x80", "💀"],
    ["\xf0\x9f\x92", "\udcf0\udc9f\udc92"],
    ["\xed\xb3\xa9", "\udced\udcb3\udca9"],
    ["\xc0\x80", "\udcc0\udc80"],
    ["\xef\xbf\xbd", "\ufffd"],
    ["\xef\xbf\xbd\xff", "\ufffd\udcff"],
    ["\xe2\x82x", "\udce2\udc82x"],
    ["", ""],
  ])("%j is %j, and back", (bytes, text) => {
    expect(textOf(Buffer.from(bytes, "latin1"))).toBe(text);
    expect(bytesOf(text).toString("latin1")).toBe(bytes);
    expect(fsPath(text).toString("latin1")).toBe(text.isWellFormed() ? text : bytes);
  });

  it.each(["half \ud83d", "\ude00 half", "\udc7f", "\udcc3\udca9", "a\udcf0\udc9f\udc92\udc80", "\udc00"])(
    "%j stands for no bytes, and is refused",
    (text) => {
      expect(() => bytesOf(text)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
      expect(isByteText(text)).toBe(false);
      expect(() => new FieldWriter().text(22, text)).toThrow(/half a character/);
    },
  );

  test("any bytes come back as they were, also by way of JSON and of a guest's fields", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = JSON.parse(JSON.stringify(textOf(bytes))) as string;
        const field = new Fields(new FieldWriter().text(22, text).finish());
        return Buffer.from(bytes).equals(bytesOf(text)) && field.text(22) === text && field.texts(22)[0] === text;
      }),
    );
  });

  test("no two texts are the same bytes", () => {
    const piece = fc.oneof(fc.constantFrom("\udcc3", "\udca9", "\ud83d", "\udc80", "\ufffd", "é"), fc.string());
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        return text.includes("\0") || !isByteText(text) || textOf(bytesOf(text)) === text;
      }),
    );
  });
});

it("a number of a field may lie below zero where it is said to", () => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(-5n);
  expect(new Fields(new FieldWriter().bytes(53, bytes).finish()).signed(53)).toBe(-5);
});
