import { describe, expect, it } from "vitest";
import { hashAssets } from "../../../src/engine/property/assets";
import { diffProperties, topKeys } from "../../../src/engine/property/diff";
import { contains, formatPath, parsePath, reset, type PropertyPath } from "../../../src/engine/property/path";
import {
  ARCHIVE,
  ASSET,
  equal,
  fromProgram,
  hasSecrets,
  keepSecret,
  mask,
  OUTPUT,
  RESOURCE,
  reveal,
  SECRET,
  secret,
  SIGNATURE_KEY,
  UNKNOWN,
  withoutReferences,
  type PropertyMap,
} from "../../../src/engine/property/value";

const output = (rest: PropertyMap) => ({ [SIGNATURE_KEY]: OUTPUT, ...rest });

describe("what a program sends", () => {
  it.each([
    ["plain", { a: [1, null, "x"] }, { a: [1, null, "x"] }],
    ["a known output", { a: output({ value: 1, secret: false, dependencies: [] }) }, { a: 1 }],
    ["a secret output", { a: output({ value: 1, secret: true }) }, { a: secret(1) }],
    ["an unknown output", { a: output({ secret: false }) }, { a: UNKNOWN }],
    ["an unknown secret", { a: output({ secret: true }) }, { a: secret(UNKNOWN) }],
    ["a secret around a secret", { a: { [SIGNATURE_KEY]: SECRET, value: secret("x") } }, { a: secret("x") }],
  ])("%s", (_what, sent, means) => expect(fromProgram(sent)).toEqual(means));
});

describe("values", () => {
  const value = { open: "x", hidden: [secret({ inner: "y" })], unknown: UNKNOWN };
  it("are masked for people and revealed for providers that take no secrets", () => {
    expect(mask(value)).toEqual({ open: "x", hidden: ["[secret]"], unknown: "[unknown]" });
    expect(reveal(value)).toEqual({ open: "x", hidden: [{ inner: "y" }], unknown: UNKNOWN });
    expect(hasSecrets(value)).toBe(true);
    expect(hasSecrets(reveal(value))).toBe(false);
  });
  it("stay secret in an answer where the question was", () => {
    const asked = { a: secret("x"), b: [secret(1), 2], c: { d: secret(1) } };
    const answer = { a: "x", b: [1, 2], c: { d: 1, e: 2 }, f: 3 };
    expect(keepSecret(answer, asked)).toEqual({ a: secret("x"), b: [secret(1), 2], c: { d: secret(1), e: 2 }, f: 3 });
  });
  it("refer to resources by id where nobody knows references", () => {
    const reference = (rest: PropertyMap) => ({ [SIGNATURE_KEY]: RESOURCE, urn: "urn:x", ...rest });
    const sent = { a: reference({ id: "1" }), b: reference({}), c: reference({ id: "" }) };
    expect(withoutReferences(sent)).toEqual({ a: "1", b: "urn:x", c: UNKNOWN });
  });
  it.each([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: null }, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [secret(1), 1, false],
    [secret(1), secret(1), true],
  ])("%j and %j are equal: %s", (a, b, is) => expect(equal(a, b)).toBe(is));
});

describe("paths", () => {
  it.each<[string, PropertyPath | undefined]>([
    ["a", ["a"]],
    ["a.b[0].c", ["a", "b", 0, "c"]],
    ['a["b.c"]', ["a", "b.c"]],
    ['["x\\"y"]', ['x"y']],
    ["a[*].b", ["a", "*", "b"]],
    ["*", ["*"]],
    ["", undefined],
    ["a[", undefined],
    ["a..b", undefined],
  ])("%s", (text, path) => expect(parsePath(text)).toEqual(path));
  it.each([["a.b[0].c"], ['a["b.c"][2]'], ["x"]])("%s is written as it is read", (text) =>
    expect(formatPath(parsePath(text) ?? [])).toBe(text),
  );
  it.each([
    ["a", "a.b", true],
    ["a.b", "a", false],
    ["*", "a.b", true],
    ["a[*].c", "a[3].c.d", true],
    ["a[0]", "a[1]", false],
  ])("%s holds %s: %s", (pattern, path, holds) =>
    expect(contains(parsePath(pattern) ?? [], parsePath(path) ?? [])).toBe(holds),
  );
  it.each<[string, PropertyMap, PropertyMap, PropertyMap | undefined]>([
    ["a", { a: 2, b: 2 }, { a: 1, b: 1 }, { a: 1, b: 2 }],
    ["a", { b: 2 }, { a: 1 }, { a: 1, b: 2 }],
    ["a", { a: 2 }, {}, {}],
    ["a.b", { a: { b: 2, c: 2 } }, { a: { b: 1, c: 1 } }, { a: { b: 1, c: 2 } }],
    ["a[1]", { a: [2, 2] }, { a: [1, 1] }, { a: [2, 1] }],
    ["a[*].b", { a: [{ b: 2 }, { b: 2 }] }, { a: [{ b: 1 }, { b: 0 }] }, { a: [{ b: 1 }, { b: 0 }] }],
    ["a[2]", { a: [1] }, { a: [1, 2, 3] }, undefined],
    ["a", { a: secret(2) }, { a: secret(1) }, { a: secret(1) }],
    ["a.b", { a: secret({ b: 2 }) }, { a: secret({ b: 1 }) }, { a: secret({ b: 1 }) }],
    ["*", { a: 2, c: 3 }, { a: 1, b: 1 }, { a: 1, b: 1 }],
  ])("ignoring %s of %j, which was %j, leaves %j", (pattern, inputs, old, result) =>
    expect(reset(inputs, old, parsePath(pattern) ?? [])).toEqual(result),
  );
});

describe("differences", () => {
  it("are found as deep as the shape is the same", () => {
    const old = { same: 1, changed: { a: [1, 2], b: 1 }, gone: 1, shape: [1], hidden: secret(1) };
    const now = { same: 1, changed: { a: [1, 3, 4], b: 1 }, shape: { a: 1 }, hidden: secret(2), "new.one": 1 };
    const found = diffProperties(old, now);
    expect(Object.fromEntries(Object.entries(found).map(([path, { kind }]) => [path, kind]))).toEqual({
      "changed.a[1]": "update",
      "changed.a[2]": "add",
      gone: "delete",
      shape: "update",
      hidden: "update",
      '["new.one"]': "add",
    });
    expect(topKeys(found)).toEqual(["changed", "gone", "shape", "hidden", "new.one"]);
  });
});

describe("assets", () => {
  const text = (content: string) => ({ [SIGNATURE_KEY]: ASSET, text: content });
  it.each([
    // As the Pulumi CLI computes them (its own tests say so): else a stack would change from one tool to the other.
    ["a text", text("a test asset"), "e34c74529110661faae4e121e57165ff4cb4dbdde1ef9770098aa3695e6b6704"],
    [
      "an archive of a text",
      { [SIGNATURE_KEY]: ARCHIVE, assets: { foo: text("a test asset") } },
      "27ab4a14a617df10cff3e1cf4e30cf510302afe56bf4cc91f84041c9f7b62fd8",
    ],
    [
      "an archive of nothing in a file",
      { [SIGNATURE_KEY]: ARCHIVE, assets: { foo: text("") } },
      "d2587a875f82cdf3d3e6cfe9f8c6e6032be5dde8c344466e664e628da15757b0",
    ],
  ])("%s has the hash that the CLI gives it", (_what, asset, hash) =>
    expect(hashAssets({ asset }, "/")).toEqual({ asset: { ...asset, hash } }),
  );
  it("that are not there are named", () => {
    const asset = { [SIGNATURE_KEY]: ASSET, path: "./nowhere" };
    expect(() => hashAssets({ asset }, "/tmp")).toThrow("Asset ./nowhere: cannot be read (ENOENT).");
  });
});
