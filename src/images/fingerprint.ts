import type { ImageArgs } from "../model/image";
import { imageSource } from "./source";
import { recipeKey } from "./store/recipe";

/**
 * Tells one beginning of an image from another, without building or reading it.
 * @throws SandstackError INVALID_OPTION, NOT_FOUND or BAD_ARCHIVE for what cannot be, naming option and value
 */
export async function fingerprint({ from, packages }: Omit<ImageArgs, "files">): Promise<string> {
  return recipeKey((await imageSource({ from, packages })).identity());
}
