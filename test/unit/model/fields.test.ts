import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fields, FieldWriter } from "../../../src/model/fields";

describe("fields on the wire", () => {
  it.each([
    ["nothing", new FieldWriter(), ""],
    ["a text", new FieldWriter().text(13, "agent"), "0d00 05000000 6167656e74"],
    ["an empty text", new FieldWriter().text(13, ""), "0d00 00000000"],
    ["a number", new FieldWriter().number(258, 1), "0201 08000000 0100000000000000"],
    ["a big number", new FieldWriter().number(35, 0x01_02030405), "2300 08000000 0504030201000000"],
    ["bytes", new FieldWriter().bytes(5, Uint8Array.of(0, 255)), "0500 02000000 00ff"],
    ["each text", new FieldWriter().texts(10, ["a", "b"]), "0a00 01000000 61 0a00 01000000 62"],
    ["what is undefined", new FieldWriter().text(1, undefined).number(2, undefined), ""],
    ["part of a buffer", new FieldWriter().bytes(5, new Uint8Array([1, 2, 3]).subarray(1, 2)), "0500 01000000 02"],
  ])("%s", (_, writer, hex) => expect(writer.finish().toString("hex")).toBe(hex.replaceAll(" ", "")));
});

describe("reading fields", () => {
  it("gives back what was written, and nothing for what was not", () => {
    const inner = new FieldWriter().text(22, "/a").number(28, 7).finish();
    const read = new Fields(
      new FieldWriter()
        .number(1, 2 ** 53 - 1)
        .texts(10, ["x", "ü"])
        .bytes(31, inner)
        .bytes(31, inner)
        .finish(),
    );
    expect(read.number(1)).toBe(2 ** 53 - 1);
    expect(read.text(10)).toBe("x");
    expect(read.texts(10)).toEqual(["x", "ü"]);
    expect(read.nested(31).map((entry) => [entry.text(22), entry.number(28)])).toEqual([
      ["/a", 7],
      ["/a", 7],
    ]);
    expect([read.text(99), read.number(99), read.bytes(99)]).toEqual([undefined, undefined, undefined]);
    expect([read.texts(99), read.nested(99)]).toEqual([[], []]);
  });

  it.each([
    ["a head cut off", "0d00 0500"],
    ["a value cut off", "0d00 05000000 61"],
    ["a length beyond the payload", "0d00 ffffffff 61"],
    ["something after the last field", "0d00 01000000 61 00"],
  ])("refuses %s", (_, hex) => {
    const payload = Buffer.from(hex.replaceAll(" ", ""), "hex");
    expect(() => new Fields(payload)).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
  });

  it("refuses a number that is not of 8 bytes", () => {
    const read = new Fields(new FieldWriter().text(1, "four").finish());
    expect(() => read.number(1)).toThrow(/field 1 is a number of 4 bytes/);
  });

  it("any fields come back, and any bytes are read or refused", () => {
    const field = fc.tuple(fc.integer({ min: 0, max: 65_535 }), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(fc.array(field), (list) => {
        const writer = new FieldWriter();
        for (const [tag, value] of list) writer.bytes(tag, value);
        const read = new Fields(writer.finish());
        for (const [tag] of list) {
          const first = list.find(([other]) => other === tag)?.[1] as Uint8Array;
          expect(read.bytes(tag)?.equals(first)).toBe(true);
        }
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          void new Fields(Buffer.from(bytes));
        } catch (error) {
          expect(error).toMatchObject({ code: "PROTOCOL" });
        }
      }),
    );
  });
});
