import type { StepPins } from "../model/lock";
import { type BuildOptions, withContext } from "./context";
import { once } from "./once";
import type { Step } from "./step";
import { withBuildLog } from "./store/build-log";
import { type Layer, layerTree, storeLayer } from "./store/layer";
import { findCooked, recipeKey, rememberCooked } from "./store/recipe";
import { cleanImageBuilds } from "./store/work-dir";

/**
 * The layer that a step makes from its pins on top of others: the one of an earlier build, or made now by one process
 * for all that ask.
 * @param layers those below, the topmost first
 */
export function ensureLayer(
  step: Step,
  pins: StepPins,
  layers: readonly Layer[],
  options: BuildOptions,
): Promise<Layer> {
  const below = layers.map(({ digest }) => digest);
  const key = recipeKey({ ...step.recipe(pins), below });
  const make = () => cook(key, step, pins, below.map(layerTree), options);
  return once(key, options, () => findCooked(key), make);
}

async function cook(key: string, step: Step, pins: StepPins, below: readonly string[], options: BuildOptions) {
  await cleanImageBuilds();
  return withContext(options, async (context) => {
    try {
      await step.make(pins, context, below);
    } catch (error) {
      await context.close();
      throw withBuildLog(error, context.work.log, key);
    }
    context.report("storing", 0.95);
    const layer = await storeLayer(context.work, context.signal);
    rememberCooked(key, layer);
    return layer;
  });
}
