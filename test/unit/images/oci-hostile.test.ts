import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageConfig } from "../../../src/images/oci/config";
import { announcedBytes } from "../../../src/images/oci/growth";
import { claimsOf } from "../../../src/images/oci/labels";
import { readManifestOrIndex, readOciConfig, readOciManifest } from "../../../src/images/oci/manifest";
import { platformDigest } from "../../../src/images/oci/source";
import { SandstackError } from "../../../src/model/error";

// A manifest, an index and a config as a registry may send them.

const DIGEST = `sha256:${"a".repeat(64)}`;
const blob = { mediaType: "application/x", digest: DIGEST, size: 7 };
const MANIFEST = { schemaVersion: 2, config: blob, layers: [blob, blob], annotations: { a: "b" } };
const INDEX = {
  schemaVersion: 2,
  manifests: [{ ...blob, platform: { os: "linux", architecture: "amd64", variant: "v8" } }],
};
const CONFIG = {
  os: "linux",
  architecture: "amd64",
  config: { Env: ["A=b"], User: "web", WorkingDir: "/srv", Labels: { Name: "a", name: "b" }, Cmd: null },
  rootfs: { type: "layers", diff_ids: [DIGEST] },
};
const refusal = (body: () => unknown) => {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was refused");
};

it("is read where it is sound, with null for what is left out", () => {
  expect(readOciManifest(JSON.stringify(MANIFEST))).toMatchObject({
    config: blob,
    layers: [blob, blob],
    annotations: { a: "b" },
  });
  expect(readOciManifest(JSON.stringify({ ...MANIFEST, annotations: null })).annotations).toEqual({});
  expect(imageConfig(readOciConfig(JSON.stringify(CONFIG)))).toEqual({ env: { A: "b" }, user: "web", cwd: "/srv" });
  expect(imageConfig(readOciConfig('{"config":{"Env":null,"Labels":null}}'))).toEqual({});
  expect(announcedBytes(Buffer.from(JSON.stringify(MANIFEST)))).toBe(7 + JSON.stringify(MANIFEST).length);
  expect(announcedBytes(Buffer.from(JSON.stringify(INDEX)))).toBeUndefined();
});

it.each<[string, object, RegExp]>([
  ["no layers", { ...MANIFEST, layers: undefined }, /its manifest: layers is missing; it should be a list/],
  ["a layer without a size", { ...MANIFEST, layers: [{ digest: DIGEST }] }, /layers\[0\]\.size is missing/],
  [
    "a size that is a text",
    { ...MANIFEST, config: { ...blob, size: "7" } },
    /config\.size is "7"; it should be a whole number/,
  ],
  ["a size below nothing", { ...MANIFEST, config: { ...blob, size: -7 } }, /config\.size is -7/],
  [
    "a digest that is a path",
    { ...MANIFEST, config: { ...blob, digest: "sha256:../x" } },
    /config\.digest is "sha256:\.\.\/x", and not of sha256/,
  ],
  ["a digest of another kind", { ...MANIFEST, config: { ...blob, digest: "sha512:aa" } }, /not of sha256/],
  [
    "layers without number",
    { ...MANIFEST, layers: Array.from({ length: 257 }, () => blob) },
    /257 layers; 256 are the most/,
  ],
  ["images without number", { manifests: Array.from({ length: 1001 }, () => blob) }, /1001 images; 1000 are the most/],
  ["layers by another name", { ...MANIFEST, Layers: [] }, /Layers is \[\]; it should be under the name layers/],
  [
    "a config by a name with another letter",
    { ...MANIFEST, layers: [{ ...blob, Size: 1 }] },
    /layers\[0\]\.Size is 1; it should be under the name size/,
  ],
])("with %s is refused by the place", (_, manifest, message) => {
  const error = refusal(() => readManifestOrIndex(JSON.stringify(manifest)));
  expect(error).toBeInstanceOf(SandstackError);
  expect((error as Error).message).toMatch(message);
});

it.each<[string, object, RegExp]>([
  ["an environment that is a text", { config: { Env: "A=b" } }, /config\.Env is "A=b"; it should be a list/],
  ["an environment of numbers", { config: { Env: [1] } }, /config\.Env\[0\] is 1; it should be a text/],
  ["a user that is an object", { config: { User: {} } }, /config\.User is \{\}/],
  ["labels that are a list", { config: { Labels: [] } }, /config\.Labels is \[\]/],
  ["a config that is a number", { config: 5 }, /config is 5; it should be an object/],
  ["an architecture that is none", { architecture: 7 }, /architecture is 7/],
])("a config with %s is refused by the place", (_, config, message) => {
  expect(refusal(() => readOciConfig(JSON.stringify(config)))).toMatchObject({
    code: "BAD_ARCHIVE",
    message: expect.stringMatching(message) as string,
  });
});

describe("whatever stands in one of its places", () => {
  const ways = (value: unknown, way: readonly string[] = []): string[][] => [
    [...way],
    ...(typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([name, one]) => ways(one, [...way, name]))
      : []),
  ];
  const put = (value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown => {
    if (name === undefined) return by;
    if (Array.isArray(value)) return value.map((one: unknown, at) => (String(at) === name ? put(one, rest, by) : one));
    return { ...(value as object), [name]: put((value as Record<string, unknown>)[name], rest, by) };
  };
  const nonsense = fc.oneof(
    fc.constantFrom<unknown>(null, 0, -1, "", "\0", [], {}, [null], "../x"),
    fc.jsonValue({ maxDepth: 3 }),
  );

  it.each<[string, unknown]>([
    ["manifest", MANIFEST],
    ["index", INDEX],
    ["config", CONFIG],
  ])("of a %s, it is sound or refused", (_, whole) => {
    fc.assert(
      fc.property(fc.constantFrom(...ways(whole)), nonsense, (way, by) => {
        const text = JSON.stringify(put(whole, way, by));
        const uses = [
          () => platformDigest(Buffer.from(text)),
          () => announcedBytes(Buffer.from(text)),
          () => imageConfig(readOciConfig(text)),
          () => claimsOf(readOciManifest(text), readOciConfig(JSON.stringify(CONFIG))),
          () => claimsOf(readOciManifest(JSON.stringify(MANIFEST)), readOciConfig(text)),
        ];
        for (const use of uses) {
          try {
            use();
          } catch (error) {
            if (!(error instanceof SandstackError)) throw error;
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
