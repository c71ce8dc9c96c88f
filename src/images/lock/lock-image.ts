import type { ImageArgs } from "../../model/image";
import type { ImageLock, LayerLock } from "../../model/lock";
import { buildLocked } from "../build";
import type { BuildOptions } from "../context";
import { imageSteps } from "../steps";
import { toolVersion } from "../tool/version";

/**
 * Builds an image and gives all that it takes to make it again: what the lock of before has pinned stays, where it is
 * still declared.
 */
export async function lockImage(args: ImageArgs, options: BuildOptions = {}): Promise<ImageLock> {
  const { lock } = await buildLocked(args, options);
  const { steps } = await imageSteps(args);
  const withTools = async (layer: LayerLock): Promise<LayerLock> => {
    const before = options.lock?.layers.find(({ step, digest }) => step === layer.step && digest === layer.digest);
    const names = steps.find(({ name }) => name === layer.step)?.tools ?? [];
    const versions = await Promise.all(names.map(async (name) => [name, await toolVersion(name)] as const));
    // Other versions that give the same bytes are no news.
    const tools = before?.tools ?? (names.length > 0 ? Object.fromEntries(versions) : undefined);
    const { step, declared, ...rest } = layer;
    return { step, declared, ...(tools && { tools }), ...rest };
  };
  return { ...lock, layers: await Promise.all(lock.layers.map(withTools)) };
}
