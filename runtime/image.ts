import { SandstackError } from "../src/model/error";
import type { BuildProgress, Image, ImageArgs } from "../src/model/image";

export interface ImageWork {
  onProgress?: (progress: BuildProgress) => void;
  signal?: AbortSignal;
}

/**
 * The image that an option asks for, built where it has to be.
 * @throws SandstackError NO_SUCH_IMAGE for a digest or reference that the store does not have; what the build throws
 */
export async function resolveImage(option: string | ImageArgs | undefined, work: ImageWork): Promise<Image> {
  const images = await import("../src/images/index.js");
  if (option === undefined) return images.buildImage(images.defaultImage(), work);
  if (typeof option !== "string") return images.buildImage(option, work);
  if (isPath(option)) return images.buildImage({ from: { rootfs: option } }, work);
  const found = await images.findImage(option);
  if (found) return found;
  throw new SandstackError("NO_SUCH_IMAGE", `image: the store has no ${JSON.stringify(option)}.`, {
    hint: "A path has a slash, such as ./rootfs.tar; { from: { debian: suite } } builds one.",
  });
}

/** A reference has no slash, and a digest neither. */
function isPath(option: string): boolean {
  return option.includes("/");
}
