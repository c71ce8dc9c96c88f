import type { ImageArgs } from "../model/image";
import { refuseHalfCharacters } from "../model/refuse-half-characters";
import { filesStep } from "./files/files-layer";
import { listFileItems } from "./files/listing";
import { npmStep } from "./npm/npm-step";
import { pythonStep } from "./python/python-step";
import { runSteps } from "./run/run-step";
import { imageSource } from "./source";
import type { Step } from "./step";

/**
 * What a declaration is made of, every value checked: the steps that are declared, from the bottom up.
 * @throws SandstackError INVALID_OPTION, NOT_FOUND or BAD_ARCHIVE naming option and value
 */
export async function imageSteps(args: ImageArgs): Promise<{ reference: string; steps: Step[] }> {
  refuseHalfCharacters("", args);
  const source = imageSource(args);
  const files = await listFileItems(args.files ?? {});
  const steps = [
    source.step,
    pythonStep(args.python ?? []),
    npmStep(args.npm ?? []),
    files.length > 0 ? filesStep(files) : undefined,
    ...runSteps(args.run, args.runTimeout),
  ];
  return { reference: source.reference, steps: steps.filter((step) => step !== undefined) };
}
