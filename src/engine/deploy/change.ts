import { SandstackError } from "../../model/error";
import type { StepOp } from "../events";
import { mask, UNKNOWN } from "../property/value";
import type { Outcome, ProviderClient } from "../provider/client";
import type { Diff } from "../provider/diff-answer";
import { ProviderFailure } from "../provider/failure";
import type { ResourceState } from "../state/resource-state";
import type { Goal, Registered } from "./goal";
import { now, sameState, withSecretOutputs } from "./new-state";
import { describe, type Run } from "./run";

/** A resource on its way from what it was to what it is to be. */
export interface Change {
  run: Run;
  goal: Goal;
  urn: string;
  /** As it is to be. It is filled in as the provider answers. */
  state: ResourceState;
  old: ResourceState | undefined;
  /** A component has none. */
  client: ProviderClient | undefined;
  diff: Diff;
  reason?: string;
}

/** Nothing about it changes but, perhaps, what the engine itself knows of it. */
export async function keepResource({ run, goal, urn, state, old, diff }: Change): Promise<Registered> {
  if (old === undefined) throw new SandstackError("INTERNAL", `${urn}: nothing to keep`);
  Object.assign(state, carriedOver(old));
  if (state.outputs !== undefined) state.outputs = withSecretOutputs(state.outputs, goal.additionalSecretOutputs);
  run.states.set(urn, state);
  if (sameState(state, old)) run.keeper.keep(state, old);
  else await run.keeper.settleNew(state, undefined, old);
  run.done(describe("same", state, old, { diff: diff.detailed }));
  return answer(state);
}

/**
 * Makes a resource.
 * @param op how it is called: a create of its own, or one half of a replacement
 * @param replaces what is forgotten once it is made
 */
export async function createResource(
  change: Change,
  op: StepOp = "create",
  replaces: ResourceState[] = [],
): Promise<Registered> {
  const { run, goal, urn, state, old, client, diff, reason } = change;
  run.states.set(urn, state);
  const work = async () => {
    if (client === undefined) return settle(change, { id: "", outputs: {} }, undefined, replaces);
    if (!run.dryRun) await run.keeper.begin(state, "creating");
    const outcome = await orAbandon(run, state, () =>
      client.create(urn, state.inputs ?? {}, goal.customTimeouts.create, run.dryRun),
    );
    state.created = now();
    run.keeper.settle(urn, "creating");
    return settle(change, outcome, state, replaces);
  };
  const before = op === "create" ? undefined : old;
  const step = describe(op, state, before, { reason, diff: diff.detailed, replaceKeys: diff.replaceKeys });
  await run.step(op === "create" ? describe(op, state) : { ...step, id: undefined }, work, () => shown(state));
  return answer(state);
}

/** Changes a resource where it is. */
export async function updateResource(change: Change): Promise<Registered> {
  const { run, goal, urn, state, old, client, diff, reason } = change;
  if (old === undefined) throw new SandstackError("INTERNAL", `${urn}: nothing to update`);
  Object.assign(state, carriedOver(old));
  run.states.set(urn, state);
  const work = async () => {
    if (client === undefined) return settle(change, { id: "", outputs: state.outputs ?? {} }, undefined, [old]);
    if (!run.dryRun) await run.keeper.begin(state, "updating");
    const question = {
      urn,
      id: old.id ?? "",
      olds: old.outputs ?? {},
      oldInputs: old.inputs ?? {},
      news: state.inputs ?? {},
      ignoreChanges: goal.ignoreChanges,
    };
    const outcome = await orAbandon(run, state, () => client.update(question, goal.customTimeouts.update, run.dryRun));
    return settle(change, outcome, state, [old]);
  };
  await run.step(describe("update", state, old, { reason, diff: diff.detailed }), work, () => shown(state));
  return answer(state);
}

/** What the provider has answered becomes the state; a resource that came up half is kept, and is a failure. */
async function settle(
  { run, goal, state, old }: Change,
  outcome: Outcome,
  begun: ResourceState | undefined,
  replaces: ResourceState[],
): Promise<void> {
  if (outcome.id !== "") state.id = outcome.id;
  else if (state.custom) state.id = UNKNOWN;
  state.outputs = withSecretOutputs(outcome.outputs, goal.additionalSecretOutputs);
  if (outcome.inputs !== undefined) state.inputs = outcome.inputs;
  if (outcome.initErrors === undefined) delete state.initErrors;
  else state.initErrors = outcome.initErrors;
  run.options.redactor.learn(state.outputs);
  state.created ??= now();
  state.modified = now();
  // What is replaced is deleted from now on, and in the same write.
  if (old !== undefined && !replaces.includes(old)) old.delete = true;
  await run.keeper.settleNew(state, begun, ...replaces);
  if (outcome.initErrors !== undefined) {
    throw new SandstackError("PROVIDER_FAILED", `was made, and did not come up: ${outcome.initErrors.join("; ")}`, {
      hint: "It is in the state; the next update tries again.",
    });
  }
}

/** A call that failed has done nothing, as far as anybody knows; unless the provider itself has gone in the middle. */
export async function orAbandon<T>(run: Run, state: ResourceState, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const isGone = error instanceof ProviderFailure && error.isGone;
    if (!run.dryRun && !isGone) await run.keeper.abandon(state);
    throw error;
  }
}

function carriedOver({ id, outputs, created, modified, importID, initErrors }: ResourceState): Partial<ResourceState> {
  const kept = { id, outputs, created, modified, importID, initErrors };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

function shown({ id, outputs }: ResourceState) {
  return { ...(id === undefined || id === UNKNOWN ? {} : { id }), newOutputs: mask(outputs ?? {}) };
}

/** What the program is told. */
function answer({ urn, id, outputs }: ResourceState): Registered {
  return { urn, id: id === undefined || id === UNKNOWN ? "" : id, outputs: outputs ?? {} };
}
