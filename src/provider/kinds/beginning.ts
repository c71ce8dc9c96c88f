import { SandstackError } from "../../model/error";
import type { SandboxSpec, TierName } from "../../model/tier";
import { resolveSnapshot } from "../../tiers";

/** What a sandbox begins from, and who its commands run as by that. */
export type Beginning = Pick<SandboxSpec, "layers" | "image" | "config" | "docker"> & { user?: string };

interface Wanted {
  tier: TierName;
  /** Its digest. */
  image?: string;
  /** Its id; it stands for an image. */
  snapshot?: string;
}

/**
 * The files of a sandbox that a stack declares.
 * @throws SandstackError NO_SUCH_IMAGE, NO_SUCH_SNAPSHOT
 */
export async function beginningOf({ image = "", snapshot, tier }: Wanted): Promise<Beginning> {
  if (snapshot !== undefined) return resolveSnapshot(snapshot, tier);
  const { findImage } = await import("../../images/index.js");
  const found = await findImage(image);
  if (found) return { layers: found.layers, image: found.digest, config: found.config, user: found.config.user };
  throw new SandstackError("NO_SUCH_IMAGE", `image: the store of this machine has no ${JSON.stringify(image)}.`, {
    hint: "A refresh sees that, and the `up` after it builds the image again.",
  });
}
