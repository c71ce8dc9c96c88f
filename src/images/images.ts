import { invalidOption, SandstackError } from "../model/error";
import type { Image } from "../model/image";
import { closeStore } from "./store/layout";
import { layerTree, removeLayer, verifyLayer } from "./store/layer";
import { markUsed, readImages, readManifest, readManifests, removeManifest } from "./store/manifest";
import { forgetCooked } from "./store/recipe";

/** What `image ls` shows, and more. */
const SHORT_DIGEST = /^(sha256:)?[0-9a-f]{8,63}$/;

/** Every image of this machine's store that is whole, the latest first. */
export function listImages(): Promise<Image[]> {
  return Promise.resolve(readImages());
}

/**
 * The image of a digest (or of a beginning of one that no other has), or the latest one of a reference such as
 * `debian:bookworm`; `undefined` where the store has none, or its entry is no longer sound.
 * @throws SandstackError INVALID_OPTION for a beginning that several have
 */
export async function findImage(name: string): Promise<Image | undefined> {
  const images = await listImages();
  const exact = images.find(({ digest, reference }) => digest === name || reference === name);
  if (exact || !SHORT_DIGEST.test(name)) return exact;
  const [first, ...more] = images.filter(
    ({ digest }) => digest.startsWith(name) || digest.startsWith(`sha256:${name}`),
  );
  if (more.length > 0) throw invalidOption("image", name, "more of the digest: several images begin like this");
  return first;
}

/**
 * The image of a digest or reference, for somebody who will make a sandbox of it: `image gc` then leaves it alone for a
 * while.
 * @throws SandstackError NO_SUCH_IMAGE, or INVALID_OPTION
 */
export async function useImage(name: string): Promise<Image> {
  closeStore();
  const image = await findImage(name);
  if (!image) {
    throw new SandstackError("NO_SUCH_IMAGE", `image: the store has no ${JSON.stringify(name)}.`, {
      hint: `${SHOWS}; a path has a slash, and { from: { debian: suite } } builds one.`,
    });
  }
  markUsed(image.digest);
  return image;
}

const SHOWS = "`sandstack image ls` shows what it has";

/** @throws SandstackError NO_SUCH_IMAGE, or INVALID_OPTION */
export async function getImage(name: string): Promise<Image> {
  const image = await findImage(name);
  if (image) return image;
  throw new SandstackError("NO_SUCH_IMAGE", `The store has no image ${JSON.stringify(name)}.`, {
    hint: `${SHOWS}: take a digest, the beginning of one, or a reference such as debian:bookworm.`,
  });
}

/**
 * Removes an image, and the layers that no other image has. One that is gone already is no error.
 * @param inUse roots of layers that are somebody's whatever images there are
 */
export async function removeImage(digest: string, inUse: ReadonlySet<string> = new Set()): Promise<void> {
  const layers = readManifest(digest)?.layers ?? [];
  removeManifest(digest);
  await discardUnused(layers, inUse);
}

/** Removes those layers that no image has. */
export async function discardUnused(layers: readonly string[], inUse: ReadonlySet<string> = new Set()): Promise<void> {
  const used = new Set(readManifests().flatMap((manifest) => manifest.layers));
  for (const layer of layers) if (!used.has(layer) && !inUse.has(layerTree(layer))) await discard(layer);
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
