import { SandstackError } from "../../model/error";
import { equal, mask, type PropertyMap } from "../property/value";
import type { Run } from "./run";

/** A component's outputs, or the stack's. */
export async function registerOutputs(run: Run, urn: string, outputs: PropertyMap): Promise<void> {
  run.checkRunning();
  const state = run.states.get(urn);
  if (state === undefined) throw new SandstackError("INTERNAL", `Outputs for ${urn}, which is not registered.`);
  if (urn === run.rootUrn) run.options.emit({ event: "outputs", outputs: mask(outputs) });
  if (equal(state.outputs ?? {}, outputs)) return;
  if (Object.keys(outputs).length === 0) delete state.outputs;
  else state.outputs = outputs;
  await run.keeper.changed();
}
