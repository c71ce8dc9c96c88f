import type { ImageArgs } from "../../model/image";
import type { ImageLock } from "../../model/lock";
import { pullImage, type RegistryCarryOptions } from "../oci/carry";
import { movedOn } from "./moved-on";
import type { Verdict } from "./verify";

/**
 * Takes an image from a registry in place of making it, and compares it with its lock.
 * @throws SandstackError what {@link pullImage} throws
 */
export async function verifyPulled(
  args: ImageArgs,
  lock: ImageLock,
  reference: string,
  options: RegistryCarryOptions = {},
): Promise<Verdict> {
  const moved = await movedOn(args, lock);
  if (moved.length > 0) return { equal: false, locked: lock.digest, movedOn: moved };
  const { digest } = await pullImage(reference, options);
  return { equal: digest === lock.digest, locked: lock.digest, digest, movedOn: [] };
}
