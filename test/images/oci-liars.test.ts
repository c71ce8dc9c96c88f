import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildImage, collectImages, pullImage } from "../../src/images";
import { leakCheckEachTest } from "../support/leak-check";
import { startRegistry } from "../support/registry";
import { FOR_EVER } from "./for-ever";
import { type Lie, startLiar } from "./liar";
import { BASE, IMAGE, push, refused, useOciScene } from "./oci-scene";
import { NOTHING, storeContent, useOwnStore } from "./own-store";
import { makeTar } from "./tar-maker";

// Registries whose answers have no end, or are of no form; those that are merely wrong: oci-refusals.test.ts. Not proven: that
// a login goes nowhere but where its registry says, for that is the protocol.

leakCheckEachTest();
useOwnStore();
const scene = useOciScene();

const SOON = { stallMs: 1_500 };
const isBlob = (path: string) => path.includes("/blobs/");
const isManifest = (path: string) => path.includes("/manifests/");
const json = (value: unknown) => ({
  body: JSON.stringify(value),
  type: "application/vnd.oci.image.index.v1+json",
  status: 200,
});
const entry = (digest: string, kind: string) => ({
  mediaType: `application/vnd.oci.image.${kind}.v1+json`,
  digest,
  size: 2,
  platform: { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch },
});
const NONE = `sha256:${"0".repeat(64)}`;

describe("a registry", () => {
  it.each<[string, Lie, string, RegExp, object?]>([
    [
      "whose blobs have no end",
      (p) => (isBlob(p) ? { instead: FOR_EVER.endless } : undefined),
      "REGISTRY_FAILED",
      /sent more than the \d+ bytes that were promised|no image/,
    ],
    [
      "whose layer has no end",
      (p, real) => (isBlob(p) && real[0] === 0x1f ? { instead: FOR_EVER.endless } : undefined),
      "REGISTRY_FAILED",
      /sent more than the \d+ bytes that were promised/,
    ],
    [
      "whose layer trickles",
      (p, real) => (isBlob(p) && real[0] === 0x1f ? { instead: FOR_EVER.trickling } : undefined),
      "REGISTRY_FAILED",
      /sent fewer than 65536 bytes within 1s500ms/,
      SOON,
    ],
    [
      "whose manifest has no end",
      (p) => (isManifest(p) ? { instead: FOR_EVER.endless } : undefined),
      "REGISTRY_FAILED",
      /no image/,
    ],
    [
      "whose manifest trickles",
      (p) => (isManifest(p) ? { instead: FOR_EVER.trickling } : undefined),
      "REGISTRY_FAILED",
      /sent fewer than/,
      SOON,
    ],
    [
      "that takes a call and says nothing",
      () => ({ instead: FOR_EVER.silent }),
      "REGISTRY_FAILED",
      /sent fewer than/,
      SOON,
    ],
    [
      "whose manifest is empty",
      (p) => (isManifest(p) ? { body: "" } : undefined),
      "BAD_ARCHIVE",
      /its manifest is no JSON/,
    ],
    ["whose blobs are empty", (p) => (isBlob(p) ? { body: "" } : undefined), "CORRUPT", /not what its digest says/],
    [
      "whose blobs lead to a file of this machine",
      (p) => (isBlob(p) ? { goTo: "file:///etc/passwd" } : undefined),
      "REGISTRY_FAILED",
      /unsupported protocol/,
    ],
    [
      "whose manifest is an index of indexes",
      (p) => (isManifest(p) ? json({ schemaVersion: 2, manifests: [entry(NONE, "index")] }) : undefined),
      "UNSUPPORTED",
      /There is no image for/i,
    ],
    [
      "whose index leads to itself",
      (p) => (isManifest(p) ? json({ schemaVersion: 2, manifests: [entry(NONE, "manifest")] }) : undefined),
      "CORRUPT",
      /digest/,
    ],
    [
      "whose manifest is a list of nothing",
      (p) => (isManifest(p) ? json({ schemaVersion: 2, manifests: [null] }) : undefined),
      "BAD_ARCHIVE",
      /manifests\[0\] is null/,
    ],
    [
      "whose manifest has two lists of layers",
      (p, real) =>
        isManifest(p) ? { body: real.toString().replace('"layers":', '"layers":[],"layers":') } : undefined,
      "BAD_ARCHIVE",
      /layers stands twice/,
    ],
    [
      "whose image is of more layers than any",
      (p, real) => (isManifest(p) ? { body: manyLayers(real) } : undefined),
      "BAD_ARCHIVE",
      /it has 5000 layers; 256 are the most/,
    ],
  ])("%s is refused soon, and the store is sound", async (_, lie, code, message, fetchLimits) => {
    await using registry = await startRegistry();
    await using liar = await startLiar(registry.address, lie);
    scene.trust(registry.address, liar.address);
    const good = push(registry, scene.layout(IMAGE), "1");
    const bad = good.replace(registry.address, liar.address);
    const options = { fetchLimits: { stallMs: 30_000, ...fetchLimits } };
    await expect(buildImage({ from: { oci: bad } }, options)).rejects.toEqual(refused(code, message));
    expect(storeContent()).toEqual(NOTHING);
    await expect(pullImage(bad, options)).rejects.toThrow();
    expect(storeContent()).toEqual(NOTHING);
    const { digest, layers } = await buildImage({ from: { oci: good } });
    await collectImages(new Set(layers));
    expect(storeContent()).toMatchObject({ images: [`${digest.slice("sha256:".length)}.json`], unfinished: [] });
  });
});

function manyLayers(real: Buffer): string {
  const manifest = JSON.parse(real.toString()) as { layers: unknown[] };
  return JSON.stringify({ ...manifest, layers: Array.from({ length: 5000 }, () => manifest.layers[0]) });
}

it.each(["Layers", "layer\u017f"])(
  "a layer that stands under the name %s, which Go's tools take for layers, is not unpacked without a look",
  async (name) => {
    const escape = makeTar([{ path: "evil", type: "3", device: [1, 1] }]);
    const path = scene.layout({ layers: [BASE, escape] });
    const at = (digest: string) => join(path, "blobs/sha256", digest.slice("sha256:".length));
    const index = JSON.parse(readFileSync(join(path, "index.json"), "utf8")) as {
      manifests: [{ digest: string; size: number }];
    };
    const manifest = JSON.parse(readFileSync(at(index.manifests[0].digest), "utf8")) as { layers: unknown[] };
    const text = JSON.stringify({ ...manifest, layers: manifest.layers.slice(0, 1), [name]: manifest.layers });
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    writeFileSync(at(digest), text);
    Object.assign(index.manifests[0], { digest, size: Buffer.byteLength(text) });
    writeFileSync(join(path, "index.json"), JSON.stringify(index));
    await expect(buildImage({ from: { oci: path } })).rejects.toEqual(refused("BAD_ARCHIVE", /under the name layers/));
    expect(storeContent()).toEqual(NOTHING);
  },
);
