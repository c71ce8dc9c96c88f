import { existsSync } from "node:fs";
import type { BuildProgress, Image, ImageArgs } from "../src/model/image";
import { stateDir } from "../src/model/state-dir";
import { imageHelpers } from "./image-helpers";

export interface ImageWork {
  onProgress?: (progress: BuildProgress) => void;
  signal?: AbortSignal;
}

/**
 * The image that an option asks for, built where it has to be.
 * @throws SandstackError NO_SUCH_IMAGE for a digest or reference that the store does not have; what the build throws
 */
export async function resolveImage(option: string | ImageArgs | undefined, work: ImageWork): Promise<Image> {
  if (option === undefined) return resolveDefault(work);
  const images = await import("../src/images/index.js");
  const build = (args: ImageArgs) => images.buildImage(args, { ...work, ...imageHelpers });
  if (typeof option !== "string") return build(option);
  if (isPath(option)) return build({ from: { rootfs: option } });
  return images.useImage(option);
}

/** What was found for the default the last time, by state directory: most sandboxes have it, and a create has no time to look. */
const found = new Map<string, Image>();

async function resolveDefault(work: ImageWork): Promise<Image> {
  const known = found.get(stateDir());
  const images = await import("../src/images/index.js");
  // Which also tells whether it is still there: gc goes by when an image was last asked for.
  if (known && images.markUsed(known.digest) && known.layers.every((layer) => existsSync(layer))) return known;
  const image = await images.buildImage(images.defaultImage(), work);
  found.set(stateDir(), image);
  return image;
}

/** A reference has no slash, and a digest neither. */
function isPath(option: string): boolean {
  return option.includes("/");
}
