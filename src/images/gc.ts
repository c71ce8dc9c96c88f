import { readdirSync, statSync } from "node:fs";
import type { Image } from "../model/image";
import { discardUnused, listImages, removeImage } from "./images";
import { oldDownloads, removeDownloads } from "./store/downloads";
import { layerTree } from "./store/layer";
import { ensureStore, storePath } from "./store/layout";
import { lastUsed, readManifests } from "./store/manifest";
import { isBuilding } from "./store/work-dir";

/** Who has just asked for an image may not have its sandbox on record yet. */
const SPARED_MS = 10 * 60_000;

export interface ImageGarbage {
  /** Nobody's images. */
  images: Image[];
  /** Digests of layers that no image has, such as those of a build that failed later. */
  layers: string[];
  /** Bytes of packages and blobs that no declaration needs that was built in the last 30 days. */
  downloads: { count: number; sizeBytes: number };
  /** Images that nobody uses, and that somebody has asked for in the last ten minutes: they stay. */
  spared: Image[];
}

/**
 * Removes images that nobody uses, layers that no image has, and old downloads.
 * @param inUse roots of layers that sandboxes and snapshots have
 */
export async function collectImages(
  inUse: ReadonlySet<string>,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<ImageGarbage> {
  ensureStore();
  const now = Date.now();
  const unused = (await listImages()).filter(({ layers }) => !layers.every((layer) => inUse.has(layer)));
  const isSpared = ({ digest }: Image) => now - lastUsed(digest) < SPARED_MS;
  const spared = unused.filter(isSpared);
  const images = unused.filter((image) => !isSpared(image));
  const downloads = oldDownloads(now);
  const layers = layersWithoutImage(inUse, now);
  if (!dryRun) {
    for (const { digest } of images) await removeImage(digest, inUse);
    await discardUnused(layers, inUse);
    removeDownloads(downloads);
  }
  const sizeBytes = downloads.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { images, layers, downloads: { count: downloads.length, sizeBytes }, spared };
}

/** While somebody builds, a layer may be waiting for its image. */
function layersWithoutImage(inUse: ReadonlySet<string>, now: number): string[] {
  if (isBuilding()) return [];
  const had = new Set(readManifests().flatMap(({ layers }) => layers));
  return readdirSync(storePath("layers")).filter((layer) => {
    const isOld = now - statSync(storePath("layers", layer)).ctimeMs > SPARED_MS;
    return isOld && !had.has(layer) && !inUse.has(layerTree(layer));
  });
}
