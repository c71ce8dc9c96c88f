import { SandstackError } from "../model/error";
import type { Image, ImageArgs } from "../model/image";
import { BuildContext, type BuildOptions } from "./context";
import { filesRecipe, makeFilesLayer } from "./files/files-layer";
import { listFileItems } from "./files/listing";
import { imageSource } from "./source";
import { type Layer, layerTree, storeLayer } from "./store/layer";
import { ensureStore } from "./store/layout";
import { withStoreLock } from "./store/lock";
import { storeImage } from "./store/manifest";
import { findCooked, type Recipe, recipeKey, rememberCooked } from "./store/recipe";
import { cleanImageBuilds, newWorkDir, removeWorkDir } from "./store/work-dir";
import { noSpace } from "./tool/no-space";
import { requireRoot } from "./tool/require";
import { throwIfAborted } from "./tool/run-tool";

/**
 * The image of a declaration: from the store where it was built before, else built. Paths are relative to the working
 * directory. Builds of one image at the same time share one; a build that fails or is cut off leaves nothing.
 * @throws SandstackError INVALID_OPTION, NOT_FOUND or BAD_ARCHIVE for what cannot be, naming option and value;
 * NOT_ROOT; MISSING_TOOL; NO_SPACE; ABORTED; BUILD_FAILED with the tool's last lines as its cause
 */
export async function buildImage(args: ImageArgs, options: BuildOptions = {}): Promise<Image> {
  requireRoot();
  throwIfAborted(options.signal);
  try {
    return await build(args, options);
  } catch (error) {
    throw explain(error, options.signal);
  }
}

async function build(args: ImageArgs, options: BuildOptions): Promise<Image> {
  ensureStore();
  const source = imageSource(args);
  const files = await listFileItems(args.files ?? {});
  const layers = [await ensureLayer(source.recipe, options, (context) => source.make(context))];
  if (files.length > 0) {
    const below = layers.map((layer) => layer.digest);
    const trees = below.map(layerTree);
    layers.unshift(
      await ensureLayer(filesRecipe(files, below), options, (context) => makeFilesLayer(files, trees, context)),
    );
  }
  return storeImage(source.reference, layers);
}

/** The layer of a recipe: the one of an earlier build, or made now by one process for all that ask. */
async function ensureLayer(
  recipe: Recipe,
  options: BuildOptions,
  make: (context: BuildContext) => void | Promise<void>,
): Promise<Layer> {
  const key = recipeKey(recipe);
  const onWait = () => options.onProgress?.({ step: "waiting for another build" });
  return (
    findCooked(key) ??
    (await withStoreLock(
      key,
      { signal: options.signal, onWait },
      async () => findCooked(key) ?? cook(key, options, make),
    ))
  );
}

async function cook(key: string, options: BuildOptions, make: (context: BuildContext) => void | Promise<void>) {
  await cleanImageBuilds();
  const work = newWorkDir();
  try {
    const context = new BuildContext(work, options);
    try {
      await make(context);
    } finally {
      await context.close();
    }
    context.report("storing", 0.95);
    const layer = await storeLayer(work, options.signal);
    rememberCooked(key, layer);
    return layer;
  } finally {
    await removeWorkDir(work.path);
  }
}

function explain(error: unknown, signal: AbortSignal | undefined): SandstackError {
  throwIfAborted(signal);
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOSPC" || code === "EDQUOT" ? noSpace(error) : SandstackError.from(error, "BUILD_FAILED");
}
