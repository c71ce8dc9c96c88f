import { randomBytes } from "node:crypto";
import { SandstackError } from "../../model/error";
import { hashAssets } from "../property/assets";
import type { PropertyMap } from "../property/value";
import type { ProviderClient } from "../provider/client";
import { ownDiff, type Diff } from "../provider/diff-answer";
import type { ResourceState } from "../state/resource-state";
import { isProviderType, makeUrn, packageOf, parseUrn, STACK_TYPE } from "../urn";
import { aliasUrns } from "./alias";
import { checkFailures } from "./check";
import { createResource, keepResource, updateResource, type Change } from "./change";
import { decide, ignoreChanges, reasonOf, replaceOnChanges } from "./decide";
import type { Goal, Registered } from "./goal";
import { newState } from "./new-state";
import { defaultProvider, providerChanged, refusePackage, registerProvider } from "./providers";
import { replaceResource } from "./replace";
import { showPosition, type Run } from "./run";

/** Makes one resource as the program wants it. */
export async function registerResource(run: Run, wanted: Goal): Promise<Registered> {
  run.checkRunning();
  const { project, stack } = run.options;
  const parent = wanted.parent ?? (wanted.type === STACK_TYPE ? undefined : run.rootUrn);
  const urn = makeUrn(stack, project, parent, wanted.type, wanted.name);
  const goal = { ...wanted, parent: parent !== undefined && run.states.has(parent) ? parent : wanted.parent };
  claim(run, urn, goal);
  run.options.redactor.learn(goal.inputs);
  const old = findOld(run, urn, goal);
  if (old !== undefined && old.custom !== goal.custom) {
    const [before, now] = old.custom ? ["custom resource", "component"] : ["component", "custom resource"];
    throw run.locate(new SandstackError("INVALID_OPTION", `was a ${before} and cannot become a ${now}.`), urn);
  }
  if (isProviderType(goal.type)) return registerProvider(run, goal, urn, old);
  if (goal.custom) refusePackage(goal.type);
  const inputs = hashAssets(goal.inputs, run.options.workFolder);
  if (!goal.custom) return registerComponent(run, goal, urn, inputs, old);
  return registerCustom(run, goal, urn, inputs, old);
}

/** Two resources of one name would be one in the state. */
function claim(run: Run, urn: string, goal: Goal): void {
  const other = run.goals.get(urn);
  if (other !== undefined) {
    const at = (position: string | undefined) =>
      position === undefined ? "" : ` at ${showPosition(position, run.options.folder)}`;
    throw new SandstackError(
      "INVALID_OPTION",
      `Two resources of type ${goal.type} are named "${goal.name}": one${at(other.sourcePosition)}, the other${at(goal.sourcePosition)}.`,
      { hint: "Names are unique per type and parent." },
    );
  }
  run.goals.set(urn, goal);
}

/** What a resource was before, under its name or another. */
function findOld(run: Run, urn: string, goal: Goal): ResourceState | undefined {
  const parent = goal.parent;
  const { project, stack } = run.options;
  const above =
    parent === undefined
      ? undefined
      : { urn: parent, name: parseUrn(parent).name, aliases: run.aliases.get(parent) ?? [] };
  const aliases = aliasUrns(goal, above, { project, stack });
  run.aliases.set(urn, aliases);
  for (const name of [urn, ...aliases]) {
    const old = run.olds.get(name);
    if (old === undefined || run.taken.has(old) || (name !== urn && run.goals.has(name))) continue;
    run.taken.add(old);
    return old;
  }
  return undefined;
}

async function registerComponent(
  run: Run,
  goal: Goal,
  urn: string,
  inputs: PropertyMap,
  old: ResourceState | undefined,
): Promise<Registered> {
  const state = newState(goal, urn, undefined, inputs, run.options.folder);
  const change: Change = { run, goal, urn, state, old, client: undefined, diff: ownDiff(old?.inputs ?? {}, inputs) };
  if (old === undefined) return createResource(change);
  // Its outputs come at its end; until then they are what they were.
  if (old.outputs !== undefined) state.outputs = old.outputs;
  return change.diff.changed ? updateResource(change) : keepResource(change);
}

async function registerCustom(
  run: Run,
  goal: Goal,
  urn: string,
  wanted: PropertyMap,
  before: ResourceState | undefined,
): Promise<Registered> {
  const reference =
    goal.provider === "" ? await defaultProvider(run, packageOf(goal.type), goal.version) : goal.provider;
  const client = await run.client({ urn, provider: reference });
  // What was only read is nothing that could be changed.
  const old = before?.external === true ? undefined : before;
  const ignoring = ignoreChanges(wanted, old?.inputs ?? {}, old === undefined ? [] : goal.ignoreChanges);
  if (ignoring.nowhere.length > 0) {
    run.log("info", `ignoreChanges: ${ignoring.nowhere.join(", ")} was added or removed, and is not ignored`, urn);
  }
  const inputs = await checked(run, client, urn, old?.inputs, ignoring.inputs);
  const state = newState(goal, urn, reference, inputs, run.options.folder);
  if (old === undefined) {
    const change: Change = { run, goal, urn, state, old, client, diff: ownDiff({}, {}) };
    if (before !== undefined) await run.keeper.remove(before);
    return createResource(change);
  }
  const diff = await diffCustom(client, goal, urn, old, inputs);
  const wish = {
    deleteBeforeReplace: goal.deleteBeforeReplace,
    providerChanged: await providerChanged(run, old, reference),
    interrupted: run.interrupted.has(urn),
  };
  const decision = decide(diff, old, wish);
  const change: Change = { run, goal, urn, state, old, client, diff, reason: reasonOf(diff, old, wish) };
  if (decision.op === "same") return keepResource(change);
  if (decision.op === "update") return updateResource(change);
  // What was carried over from the old one must not be in the new one.
  state.inputs = await checked(run, client, urn, undefined, ignoring.inputs);
  return replaceResource(change, decision.deleteFirst);
}

async function checked(
  run: Run,
  client: ProviderClient,
  urn: string,
  olds: PropertyMap | undefined,
  news: PropertyMap,
): Promise<PropertyMap> {
  const result = await client.check(urn, olds, news, randomBytes(32));
  checkFailures(result, (error, of) => run.locate(error, of), urn);
  return result.inputs;
}

async function diffCustom(
  client: ProviderClient,
  goal: Goal,
  urn: string,
  old: ResourceState,
  news: PropertyMap,
): Promise<Diff> {
  if (old.pendingReplacement === true) return ownDiff(old.inputs ?? {}, news);
  const diff = await client.diff({
    urn,
    id: old.id ?? "",
    oldInputs: old.inputs ?? {},
    olds: old.outputs ?? {},
    news,
    ignoreChanges: goal.ignoreChanges,
  });
  return replaceOnChanges(diff, goal.replaceOnChanges);
}
