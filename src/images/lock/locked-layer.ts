import { isDeepStrictEqual } from "node:util";
import type { ImageLock, StepPins } from "../../model/lock";
import type { Step } from "../step";
import { findLayer, type Layer } from "../store/layer";

/**
 * The layer that the lock has of a step, where the store has it by whatever way (a teammate's export, a registry): so a
 * team builds once. Only where all that the step is made from stands in the lock, and all below is as it was locked.
 * @param below digests of the layers made so far, from the bottom up
 */
export function lockedLayer(
  step: Step,
  pins: StepPins,
  below: readonly string[],
  lock: ImageLock | undefined,
): Layer | undefined {
  const layer = lock?.layers[below.length];
  if (layer?.step !== step.name || !isDeepStrictEqual(layer.declared, step.declared)) return undefined;
  const saysAll =
    step.pinned === "outside"
      ? isDeepStrictEqual(layer.pins, pins)
      : isDeepStrictEqual(step.recipe(pins), step.declared);
  const isBelow = below.every((digest, index) => digest === lock?.layers[index]?.digest);
  return saysAll && isBelow ? findLayer(layer.digest) : undefined;
}
