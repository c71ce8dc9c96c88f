import { SandstackError } from "../../model/error";
import { hasUnknowns, type PropertyMap } from "../property/value";
import { makeUrn, packageOf } from "../urn";
import type { Goal, Registered } from "./goal";
import { compact, newState, now, withSecretOutputs } from "./new-state";
import { defaultProvider, refusePackage } from "./providers";
import { describe, type Run } from "./run";

/** Reads a resource that is not this stack's own. It stands in the state as external, and is never deleted. */
export async function readResource(run: Run, goal: Goal, id: string, properties: PropertyMap): Promise<Registered> {
  run.checkRunning();
  refusePackage(goal.type);
  const { project, stack, folder } = run.options;
  const urn = makeUrn(stack, project, goal.parent ?? run.rootUrn, goal.type, goal.name);
  if (run.goals.has(urn)) {
    throw new SandstackError("INVALID_OPTION", `Two resources of type ${goal.type} are named "${goal.name}".`);
  }
  run.goals.set(urn, goal);
  const reference =
    goal.provider === "" ? await defaultProvider(run, packageOf(goal.type), goal.version) : goal.provider;
  const client = await run.client({ urn, provider: reference });
  const old = run.olds.get(urn);
  if (old !== undefined) run.taken.add(old);
  const state = newState(goal, urn, reference, properties, folder);
  Object.assign(state, { id, external: true, created: old?.created ?? now(), modified: now() });
  run.states.set(urn, state);
  // What is not known cannot be looked for.
  if (hasUnknowns(id) || hasUnknowns(properties)) return { urn, id: "", outputs: {} };
  await run.step(describe("read", state, old), async () => {
    const outcome = await client.read(urn, id, properties, {});
    if (outcome === undefined) throw new SandstackError("NOT_FOUND", `There is none with id ${JSON.stringify(id)}.`);
    state.outputs = withSecretOutputs(outcome.outputs, goal.additionalSecretOutputs);
    if (outcome.inputs !== undefined) state.inputs = outcome.inputs;
    // One that was this stack's own is let go: it goes on without us.
    await run.keeper.settleNew(compact(state), undefined, ...(old === undefined ? [] : [old]));
  });
  return { urn, id, outputs: state.outputs ?? {} };
}
