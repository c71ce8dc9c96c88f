import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { exportImage, importImage } from "../../src/images";
import type { Image } from "../../src/model/image";
import { leakCheckEachTest } from "../support/leak-check";
import { storeCarried } from "./carried";
import { elsewhere } from "./elsewhere";
import { IMAGE, refused, useOciScene } from "./oci-scene";
import { NOTHING, storeContent, useOwnStore } from "./own-store";
import { makeTar } from "./tar-maker";

// Images that are not what they say: each is refused, and nothing of it stays.

leakCheckEachTest();
useOwnStore();
const scene = useOciScene();

let image: Image;
beforeEach(async () => void (image = await storeCarried()));

const at = (name: string) => join(scene.folder, name);

/** Changes a layout and all its hashes with it, as one who lies would. */
function forge(path: string, change: (layout: Forged) => void): void {
  const read = (digest: string) => readFileSync(join(path, "blobs/sha256", digest.slice(7)));
  const write = (bytes: Buffer) => {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    writeFileSync(join(path, "blobs/sha256", digest.slice(7)), bytes);
    return { digest, size: bytes.length };
  };
  const index = JSON.parse(readFileSync(join(path, "index.json"), "utf8")) as { manifests: [{ digest: string }] };
  const manifest = JSON.parse(read(index.manifests[0].digest).toString()) as ForgedManifest;
  const config = JSON.parse(read(manifest.config.digest).toString()) as ForgedConfig;
  const layers = manifest.layers.map(({ digest }) => read(digest));
  change({ manifest, config, layers });
  manifest.layers = manifest.layers.map((layer, i) => ({ ...layer, ...write(layers[i] as Buffer) }));
  config.rootfs.diff_ids = manifest.layers.map(({ digest }) => digest);
  manifest.config = { ...manifest.config, ...write(Buffer.from(JSON.stringify(config))) };
  Object.assign(index.manifests[0], write(Buffer.from(JSON.stringify(manifest))));
  writeFileSync(join(path, "index.json"), JSON.stringify(index));
}

interface ForgedManifest {
  config: { digest: string };
  layers: { digest: string }[];
  annotations: Record<string, string>;
}
interface ForgedConfig {
  config: { Labels: Record<string, string>; Env: string[] };
  rootfs: { diff_ids: string[] };
}
interface Forged {
  manifest: ForgedManifest;
  config: ForgedConfig;
  layers: Buffer[];
}

describe("an image that lies", () => {
  const replaced = (bytes: Buffer, from: string, to: string) =>
    Buffer.from(bytes.toString("latin1").replace(from, to), "latin1");

  it("in nothing is taken in, by the same way as those that do", async () => {
    await exportImage(image.digest, at("layout"));
    forge(at("layout"), () => {});
    await elsewhere(async () => expect((await importImage(at("layout"))).digest).toBe(image.digest));
  });

  it.each<[string, (layout: Forged) => void, string, RegExp]>([
    [
      "in a byte of a file",
      ({ layers }) => (layers[0] = replaced(layers[0] as Buffer, "of somebody", "of SOMEBODY")),
      "CORRUPT",
      /a layer is said to have the digest/,
    ],
    ["in its config", ({ config }) => config.config.Env.push("EVIL=1"), "CORRUPT", /it is said to have the digest/],
    [
      "in its digest",
      ({ manifest, config }) => {
        for (const labels of [manifest.annotations, config.config.Labels])
          labels["sandstack.image.digest"] = `sha256:${"0".repeat(64)}`;
      },
      "CORRUPT",
      /said to have the digest sha256:0{64}/,
    ],
    ["in its layers' order", ({ layers }) => layers.reverse(), "CORRUPT", /a layer is said/],
    [
      "in how many layers it has",
      ({ manifest }) => (manifest.annotations["sandstack.image.layers"] = "0".repeat(64)),
      "BAD_ARCHIVE",
      /labels/,
    ],
    [
      "in the form of its labels",
      ({ manifest }) => (manifest.annotations["sandstack.image.digest"] = "../../x"),
      "BAD_ARCHIVE",
      /labels/,
    ],
    ["in what a layer is", ({ layers }) => (layers[0] = Buffer.from("no archive")), "BAD_ARCHIVE", /it is empty/],
    [
      "in where a file is to be",
      ({ layers }) => (layers[0] = makeTar([{ path: "../../../../sandstack-escaped" }])),
      "BAD_ARCHIVE",
      /sandstack-escaped" is outside/,
    ],
  ])("%s is refused, and nothing of it is in the store", async (_, change, code, message) => {
    await exportImage(image.digest, at("layout"));
    forge(at("layout"), change);
    await elsewhere(async () => {
      await expect(importImage(at("layout"))).rejects.toEqual(refused(code, message));
      expect(storeContent()).toEqual(NOTHING);
    });
  });

  it("is no stranger's, which says nothing", async () => {
    await expect(importImage(scene.layout(IMAGE))).rejects.toEqual(refused("UNSUPPORTED", /sandstack has not made it/));
    await expect(importImage(at("none"))).rejects.toEqual(refused("NOT_FOUND", /^PATH: .*none/));
    writeFileSync(at("text"), "text");
    await expect(importImage(at("text"))).rejects.toEqual(refused("INVALID_OPTION", /^PATH: /));
  });
});
