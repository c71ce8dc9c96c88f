import type { Image } from "../../src/model/image";
import { buildImage, defaultImage } from "../../src/images";

/** The image that sandboxes of the tests are made from: the one that users get. global-setup builds it, so it is at once there. */
export function defaultTestImage(): Promise<Image> {
  return buildImage(defaultImage());
}
