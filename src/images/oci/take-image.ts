import { SandstackError } from "../../model/error";
import type { Image } from "../../model/image";
import { parseImageConfig } from "../../model/image-config";
import { withContext } from "../context";
import { discardUnused } from "../images";
import { findLayer, type Layer, storeLayer } from "../store/layer";
import { imageDigest, readManifest, storeImage } from "../store/manifest";
import { cleanImageBuilds } from "../store/work-dir";
import { imageConfig } from "./config";
import { claimsOf } from "./labels";
import type { Descriptor, OciLayout } from "./layout";
import { unpackLayer } from "./unpack-layer";
import type { CarryOptions } from "./write-image";

/**
 * Takes the image of a layout into the store, and believes nothing that it says of its contents: every layer that the
 * store does not have is read again.
 * @param name for people, where the store does not know the image yet: nobody else gives names to what is here
 * @throws SandstackError UNSUPPORTED for an image that is none of ours; BAD_ARCHIVE or CORRUPT for one that lies
 */
export async function takeImage(layout: OciLayout, name: string, options: CarryOptions): Promise<Image> {
  await cleanImageBuilds();
  const manifest = layout.readManifest();
  const oci = layout.readConfig(manifest);
  const claims = claimsOf(manifest, oci);
  if (!claims) {
    throw new SandstackError(
      "UNSUPPORTED",
      "The image does not say what its contents are: sandstack has not made it.",
      {
        hint: "Build on it instead: from: { oci: … }, or --image oci:REFERENCE.",
      },
    );
  }
  const config = parseImageConfig(imageConfig(oci));
  const digest = imageDigest(claims.layers, config);
  if (digest !== claims.digest) {
    throw new SandstackError(
      "CORRUPT",
      `The image is refused: it is said to have the digest ${claims.digest}, and has ${digest}.`,
    );
  }
  const layers: Layer[] = [];
  try {
    for (const [index, claimed] of claims.layers.entries()) {
      const fraction = 0.5 + index / claims.layers.length / 2;
      options.onProgress?.({ step: "unpacking", fraction, detail: `layer ${index + 1} of ${claims.layers.length}` });
      const blob = manifest.layers[claims.layers.length - 1 - index] as Descriptor;
      layers.push(findLayer(claimed) ?? (await takeLayer(layout.blobPath(blob.digest), claimed, options)));
    }
    return storeImage(readManifest(digest)?.reference ?? name, layers, config);
  } catch (error) {
    await discardUnused(layers.map((layer) => layer.digest));
    throw error;
  }
}

function takeLayer(blob: string, claimed: string, options: CarryOptions): Promise<Layer> {
  return withContext(options, async (context) => {
    await unpackLayer(blob, context);
    return storeLayer(context.work, context.signal, claimed);
  });
}
