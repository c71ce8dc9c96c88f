import { SandstackError } from "../model/error";
import { parseImageConfig } from "../model/image-config";
import type { Image, ImageArgs, ImageConfig } from "../model/image";
import type { ImageLock, LayerLock } from "../model/lock";
import type { BuildOptions } from "./context";
import { checkConfig, mergeConfig } from "./config";
import { ensureLayer } from "./cook";
import { lockedLayer } from "./lock/locked-layer";
import { pinsOf } from "./resolve";
import { imageSteps } from "./steps";
import { type Layer, layerTree } from "./store/layer";
import { ensureStore } from "./store/layout";
import { storeImage } from "./store/manifest";
import { isNoSpace, noSpace } from "./tool/no-space";
import { requireRoot } from "./tool/require";
import { throwIfAborted } from "./tool/run-tool";

/** An image, and what it was made from. */
export interface LockedImage {
  image: Image;
  lock: ImageLock;
}

/** The image of a declaration, as {@link buildLocked} makes it. */
export async function buildImage(args: ImageArgs, options: BuildOptions = {}): Promise<Image> {
  return (await buildLocked(args, options)).image;
}

/**
 * The image of a declaration: from the store where it was built before, else built. Paths are relative to the working
 * directory. Builds of one image at the same time share one; a build that fails or is cut off leaves nothing.
 * @throws SandstackError INVALID_OPTION, NOT_FOUND or BAD_ARCHIVE for what cannot be, naming option and value;
 * NOT_ROOT; MISSING_TOOL; NO_SPACE; ABORTED; BUILD_FAILED with the tool's last lines as its cause
 */
export async function buildLocked(args: ImageArgs, options: BuildOptions = {}): Promise<LockedImage> {
  requireRoot();
  throwIfAborted(options.signal);
  try {
    return await build(args, options);
  } catch (error) {
    throw explain(error, options.signal);
  }
}

async function build(args: ImageArgs, options: BuildOptions): Promise<LockedImage> {
  ensureStore();
  const { reference, steps } = await imageSteps(args);
  const ownConfig = parseImageConfig(args);
  // A layer that stands twice says all that it says from the upper place, and overlayfs takes none twice.
  let layers: readonly Layer[] = [];
  const locked: LayerLock[] = [];
  let config: ImageConfig = {};
  for (const declaredStep of steps) {
    const step = (await declaredStep.onto?.(layers, options)) ?? declaredStep;
    const pins = await pinsOf(step, options);
    const below = locked.map(({ digest }) => digest);
    const layer = lockedLayer(step, pins, below, options.lock) ?? (await ensureLayer(step, pins, layers, options));
    layers = [layer, ...layers.filter(({ digest }) => digest !== layer.digest)];
    config = mergeConfig(config, step.config?.(pins) ?? {});
    const { name, declared, pinned } = step;
    locked.push({
      step: name,
      declared,
      ...(step.on && { on: step.on }),
      ...(pinned === "outside" ? { pins } : {}),
      digest: layer.digest,
    });
  }
  config = mergeConfig(config, ownConfig);
  checkConfig(
    ownConfig,
    layers.map(({ digest }) => layerTree(digest)),
  );
  const image = storeImage(reference, layers, config);
  const declares = Object.keys(ownConfig).length > 0;
  return { image, lock: { digest: image.digest, ...(declares && { config: { ...ownConfig } }), layers: locked } };
}

function explain(error: unknown, signal: AbortSignal | undefined): SandstackError {
  throwIfAborted(signal);
  if (!(error instanceof SandstackError) && isNoSpace(error)) return noSpace(error);
  return SandstackError.from(error, "BUILD_FAILED");
}
