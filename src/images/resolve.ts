import { isDeepStrictEqual } from "node:util";
import type { ImageLock, StepPins } from "../model/lock";
import { type BuildOptions, withContext } from "./context";
import type { Step } from "./step";
import { withStoreLock } from "./store/lock";
import { findPins, pinsKey, rememberPins } from "./store/pins";

/** What a step is made from: as the lock says, else as an earlier build of the same declaration found, else as it is now. */
export async function pinsOf(step: Step, options: BuildOptions): Promise<StepPins> {
  const resolve = () => withContext(options, (context) => step.resolve(context));
  if (step.pinned === "here") return resolve();
  const locked = lockedPins(step, options.lock);
  if (locked) return locked;
  const key = pinsKey(step.name, step.declared);
  const onWait = () => options.onProgress?.({ step: "waiting for another build" });
  const known = findPins(key);
  if (known) return known;
  return withStoreLock(key, { signal: options.signal, onWait }, async () => {
    const found = findPins(key) ?? (await resolve());
    rememberPins(key, found);
    return found;
  });
}

function lockedPins({ name, declared }: Step, lock: ImageLock | undefined): StepPins | undefined {
  const layer = lock?.layers.find(({ step }) => step === name);
  return layer && isDeepStrictEqual(layer.declared, declared) ? layer.pins : undefined;
}
