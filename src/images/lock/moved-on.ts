import { isDeepStrictEqual } from "node:util";
import type { ImageArgs } from "../../model/image";
import { parseImageConfig } from "../../model/image-config";
import { type ImageLock, STEPS, type StepName } from "../../model/lock";
import { imageSteps } from "../steps";

/** A step, or what commands get: `env`, `user` and `cwd`. */
export type DeclaredPart = StepName | "config";

/** The parts of a declaration that are not what they were when it was locked; none where the lock holds. */
export async function movedOn(args: ImageArgs, lock: ImageLock): Promise<DeclaredPart[]> {
  const { steps } = await imageSteps(args);
  const moved: DeclaredPart[] = STEPS.filter((name) => {
    const now = steps.filter((step) => step.name === name).map(({ declared }) => declared);
    const then = lock.layers.filter(({ step }) => step === name).map(({ declared }) => declared);
    return !isDeepStrictEqual(now, then);
  });
  return isDeepStrictEqual(parseImageConfig(args), lock.config ?? {}) ? moved : [...moved, "config"];
}
