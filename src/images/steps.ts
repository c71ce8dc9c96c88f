import type { ImageArgs } from "../model/image";
import { refuseHalfCharacters } from "../model/refuse-half-characters";
import { runSteps } from "./run/run-step";
import { imageSource } from "./source";
import type { Step } from "./step";

/**
 * What a declaration is made of, every value checked: the steps that are declared, from the bottom up.
 * @throws SandstackError INVALID_OPTION, NOT_FOUND or BAD_ARCHIVE naming option and value
 */
export async function imageSteps(args: ImageArgs): Promise<{ reference: string; steps: Step[] }> {
  refuseHalfCharacters("", args);
  const source = await imageSource(args);
  const files = await declared(args.files, async (given) => (await import("./files/files-step.js")).filesStep(given));
  const steps = [
    source.step,
    await declared(args.python, async (given) => (await import("./python/python-step.js")).pythonStep(given)),
    await declared(args.npm, async (given) => (await import("./npm/npm-step.js")).npmStep(given)),
    files,
    ...runSteps(args.run, args.runTimeout),
  ];
  return { reference: source.reference, steps: steps.filter((step) => step !== undefined) };
}

/** The step of an option. The code of one that is not declared is not loaded: many a sandbox waits for that. */
async function declared<T>(
  given: T | undefined | null,
  stepOf: (given: T) => Promise<Step | undefined>,
): Promise<Step | undefined> {
  return given === undefined || given === null ? undefined : stepOf(given);
}
