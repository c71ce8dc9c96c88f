import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const ARCHITECTURE = process.arch === "x64" ? "amd64" : process.arch;

export interface MadeImage {
  /** Tar archives, from the bottom up. */
  layers: readonly Buffer[];
  config?: Record<string, unknown>;
  architecture?: string;
  annotations?: Readonly<Record<string, string>>;
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/** Writes an OCI layout by hand, so that it can say what no honest tool would write; of several images, an index of them. */
export function makeLayout(path: string, ...images: readonly MadeImage[]): string {
  mkdirSync(join(path, "blobs/sha256"), { recursive: true });
  writeFileSync(join(path, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  const blob = (kind: string, content: Buffer | object): Descriptor => {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hex = sha256(bytes);
    writeFileSync(join(path, "blobs/sha256", hex), bytes);
    return { mediaType: `application/vnd.oci.image.${kind}`, digest: `sha256:${hex}`, size: bytes.length };
  };
  const manifests = images.map(({ layers, config = {}, architecture = ARCHITECTURE, annotations }) => {
    const descriptors = layers.map((layer) => blob("layer.v1.tar+gzip", gzipSync(layer)));
    const rootfs = { type: "layers", diff_ids: layers.map((layer) => `sha256:${sha256(layer)}`) };
    const described = blob("config.v1+json", { architecture, os: "linux", config, rootfs });
    const manifest = { schemaVersion: 2, config: described, layers: descriptors, annotations };
    return { ...blob("manifest.v1+json", manifest), platform: { os: "linux", architecture } };
  });
  const top = images.length === 1 ? manifests : [blob("index.v1+json", { schemaVersion: 2, manifests })];
  writeFileSync(join(path, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: top }));
  return path;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
