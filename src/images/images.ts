import type { Image } from "../model/image";
import { removeLayer, verifyLayer } from "./store/layer";
import { readImages, readManifest, readManifests, removeManifest } from "./store/manifest";
import { forgetCooked } from "./store/recipe";

/** Every image of this machine's store that is whole, the latest first. */
export function listImages(): Promise<Image[]> {
  return Promise.resolve(readImages());
}

/**
 * The image of a digest, or the latest one of a reference such as `debian:bookworm`; `undefined` where the store has
 * none, or its entry is no longer sound.
 */
export async function findImage(digestOrReference: string): Promise<Image | undefined> {
  const images = await listImages();
  return images.find(({ digest, reference }) => digest === digestOrReference || reference === digestOrReference);
}

/** Removes an image, and the layers that no other image has. One that is gone already is no error. */
export async function removeImage(digest: string): Promise<void> {
  const layers = readManifest(digest)?.layers ?? [];
  removeManifest(digest);
  const used = new Set(readManifests().flatMap((manifest) => manifest.layers));
  for (const layer of layers.filter((one) => !used.has(one))) await discard(layer);
}

/**
 * Reads all of an image again and compares it with its digest. A layer that is not what it was goes, with every image
 * that has it, so that the next build makes it again.
 * @returns whether the image is there and sound
 */
export async function verifyImage(digest: string, signal?: AbortSignal): Promise<boolean> {
  const manifest = readManifest(digest);
  if (!manifest) return false;
  for (const layer of manifest.layers) {
    if (await verifyLayer(layer, signal)) continue;
    for (const other of readManifests()) if (other.layers.includes(layer)) removeManifest(other.digest);
    await discard(layer);
    return false;
  }
  return true;
}

async function discard(layer: string): Promise<void> {
  forgetCooked(layer);
  await removeLayer(layer);
}
