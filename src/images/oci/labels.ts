import { badArchive } from "../tree/tar-header";
import type { OciConfig, OciManifest } from "./layout";

/** What an image of ours says of its contents, as annotations of its manifest and labels of its config. */
export interface Claims {
  /** Ours: `sha256:…`. */
  digest: string;
  /** Digests of its layers' trees in hex, the topmost first. */
  layers: readonly string[];
}

const DIGEST = "sandstack.image.digest";
const LAYERS = "sandstack.image.layers";

/** Layers are named from the bottom up, as OCI does. */
export function labelsOf({ digest, layers }: Claims): Record<string, string> {
  return { [DIGEST]: digest, [LAYERS]: [...layers].reverse().join(",") };
}

/**
 * What an image says of its contents; `undefined` where it is none of ours. Who keeps an image in Docker's own form
 * drops annotations, and keeps labels.
 * @throws SandstackError BAD_ARCHIVE where that cannot be
 */
export function claimsOf(manifest: OciManifest, config: OciConfig): Claims | undefined {
  const labels = { ...config.config?.Labels, ...manifest.annotations };
  const digest = labels[DIGEST];
  if (digest === undefined) return undefined;
  const layers = (labels[LAYERS] ?? "").split(",").reverse();
  const sound = /^sha256:[0-9a-f]{64}$/.test(digest) && layers.every((layer) => /^[0-9a-f]{64}$/.test(layer));
  if (!sound || layers.length !== manifest.layers.length) throw badArchive("its labels are not those of its layers");
  return { digest, layers };
}
