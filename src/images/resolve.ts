import { isDeepStrictEqual } from "node:util";
import { JsonPlace } from "../model/json-place";
import { type ImageLock, LOCK_FILE, type StepPins } from "../model/lock";
import { type BuildOptions, withContext } from "./context";
import { once } from "./once";
import type { Step } from "./step";
import { findPins, noteNeeded, pinsKey, rememberPins } from "./store/pins";

/** What a step is made from: as the lock says, else as an earlier build of the same declaration found, else as it is now. */
export async function pinsOf(step: Step, options: BuildOptions): Promise<StepPins> {
  const resolve = () => withContext(options, (context) => step.resolve(context));
  if (step.pinned === "here") return resolve();
  const locked = options.upgrade ? undefined : lockedPins(step, options.lock);
  if (locked) {
    // So that gc leaves what it takes to make it: a later build may not find it anywhere else.
    noteNeeded(locked);
    return locked;
  }
  const key = pinsKey(step.name, step.on ? { ...step.declared, on: step.on } : step.declared);
  const find = () => (options.upgrade ? undefined : remembered(key, step));
  return once(key, options, find, async () => {
    const found = await resolve();
    // A registry may answer what it likes: it goes the way of a file that anybody may have edited.
    const sound = step.parse?.(new JsonPlace(found, `${step.name}: what was found outside:`)) ?? found;
    rememberPins(key, sound);
    return sound;
  });
}

function lockedPins(step: Step, lock: ImageLock | undefined): StepPins | undefined {
  const at = lock?.layers.findIndex((one) => one.step === step.name) ?? -1;
  const layer = lock?.layers[at];
  if (!layer || !isDeepStrictEqual([layer.declared, layer.on], [step.declared, step.on])) return undefined;
  return step.parse?.(new JsonPlace(layer.pins, `${LOCK_FILE}: layers[${at}].pins`));
}

/** What stands in the store, where it is sound. */
function remembered(key: string, step: Step): StepPins | undefined {
  try {
    return step.parse?.(new JsonPlace(findPins(key), "pins"));
  } catch {
    return undefined;
  }
}
