import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join, relative } from "node:path";
import { badArchive } from "../tree/tar-header";
import { type IndexEntry, readManifestOrIndex, readOciConfig, readOciManifest } from "./manifest";

/** A blob as a manifest names it. */
export interface Descriptor {
  mediaType: string;
  /** `sha256:…` */
  digest: string;
  size: number;
  annotations?: Readonly<Record<string, string>>;
}

export interface OciManifest {
  config: Descriptor;
  /** From the bottom up. */
  layers: readonly Descriptor[];
  annotations?: Readonly<Record<string, string>>;
}

export interface OciConfig {
  created?: string;
  architecture?: string;
  os?: string;
  config?: {
    Env?: readonly string[] | null;
    User?: string;
    WorkingDir?: string;
    /** By path; the values say nothing. */
    Volumes?: Readonly<Record<string, unknown>> | null;
    Labels?: Readonly<Record<string, string>> | null;
  } | null;
  rootfs?: { type: "layers"; diff_ids: readonly string[] };
}

export const MEDIA = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
} as const;

/** A directory in the form of an OCI image layout. */
export class OciLayout {
  constructor(readonly path: string) {}

  /** Makes an empty one where there is nothing yet. */
  static make(path: string): OciLayout {
    mkdirSync(join(path, "blobs", "sha256"), { recursive: true });
    writeFileSync(join(path, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    return new OciLayout(path);
  }

  blobPath(digest: string): string {
    const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
    if (hex === undefined) throw badArchive(`${JSON.stringify(digest)} is no sha256 digest`);
    return join(this.path, "blobs", "sha256", hex);
  }

  addJson(mediaType: string, value: unknown): Descriptor {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    writeFileSync(this.blobPath(digest), bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** Adds what `produce` writes, piece by piece. */
  async addBlob(
    mediaType: string,
    produce: (write: (piece: Buffer) => Promise<void>) => Promise<void>,
  ): Promise<Descriptor> {
    const draft = join(this.path, "blobs", "draft");
    const hash = createHash("sha256");
    let size = 0;
    const file = await open(draft, "wx");
    try {
      await produce(async (piece) => {
        hash.update(piece);
        size += piece.length;
        await file.write(piece);
      });
    } finally {
      await file.close();
    }
    const digest = `sha256:${hash.digest("hex")}`;
    renameSync(draft, this.blobPath(digest));
    return { mediaType, digest, size };
  }

  writeIndex(manifest: Descriptor): void {
    const index = { schemaVersion: 2, mediaType: MEDIA.index, manifests: [manifest] };
    writeFileSync(join(this.path, "index.json"), JSON.stringify(index));
  }

  /** @throws SandstackError BAD_ARCHIVE for a layout that does not hold exactly one image */
  readManifest(): OciManifest {
    const index = readManifestOrIndex(this.read("index.json"));
    const manifests = "manifests" in index ? index.manifests : [];
    if (manifests.length !== 1) throw badArchive(`it holds ${manifests.length} images, not one`);
    return readOciManifest(this.read(relative(this.path, this.blobPath((manifests[0] as IndexEntry).digest))));
  }

  /** @throws SandstackError BAD_ARCHIVE */
  readConfig({ config }: OciManifest): OciConfig {
    return readOciConfig(this.read(relative(this.path, this.blobPath(config.digest))));
  }

  private read(name: string): string {
    try {
      return readFileSync(join(this.path, name), "utf8");
    } catch (cause) {
      throw badArchive(`${name} is missing (${(cause as Error).message})`);
    }
  }
}
