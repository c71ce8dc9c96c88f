import { randomUUID } from "node:crypto";
import { SandstackError } from "../../model/error";
import { providerConfig } from "../project/config";
import { UNKNOWN, type PropertyMap } from "../property/value";
import { ownDiff } from "../provider/diff-answer";
import { versionOf, withoutInternals } from "../provider/registry";
import type { ResourceState } from "../state/resource-state";
import { defaultProviderName, formatReference, isDefaultProvider, makeUrn, packageOf, parseReference } from "../urn";
import { checkFailures } from "./check";
import { plainGoal, type Goal, type Registered } from "./goal";
import { compact, newState, now, sameState } from "./new-state";
import { describe, type Run } from "./run";

/** The provider of a package for who names none. Made once per version. */
export function defaultProvider(run: Run, pkg: string, version: string): Promise<string> {
  const key = `${pkg}@${version}`;
  const known = run.defaultProviders.get(key) ?? makeDefaultProvider(run, pkg, version);
  run.defaultProviders.set(key, known);
  return known;
}

async function makeDefaultProvider(run: Run, pkg: string, version: string): Promise<string> {
  const { project, stack, config } = run.options;
  const type = `pulumi:providers:${pkg}`;
  const name = defaultProviderName(version);
  const urn = makeUrn(stack, project, undefined, type, name);
  const goal = { ...plainGoal(type, name), inputs: providerConfig(config, pkg), version };
  run.goals.set(urn, goal);
  const { id } = await registerProvider(run, goal, urn, run.olds.get(urn));
  return formatReference({ urn, id: id === "" ? UNKNOWN : id });
}

/** Registers a provider as the resource that it is: checks its configuration, and starts it. */
export async function registerProvider(
  run: Run,
  goal: Goal,
  urn: string,
  old: ResourceState | undefined,
): Promise<Registered> {
  const pkg = packageOf(goal.type);
  const wanted = goal.version === "" ? goal.inputs : { version: goal.version, ...goal.inputs };
  const bare = await run.options.registry.unconfigured(pkg, versionOf(wanted));
  const before = old?.inputs === undefined ? undefined : withoutInternals(old.inputs);
  const checked = await bare.checkConfig(urn, before, wanted);
  checkFailures(checked, run.locate.bind(run), urn);
  const inputs: PropertyMap = { __internal: {}, ...checked.inputs };
  if (wanted["version"] !== undefined) inputs["version"] ??= wanted["version"];

  const state = newState(goal, urn, undefined, inputs, run.options.folder);
  const diff =
    old === undefined
      ? ownDiff({}, {})
      : await bare.diffConfig({
          urn,
          id: old.id ?? "",
          oldInputs: before ?? {},
          olds: old.outputs ?? {},
          news: withoutInternals(inputs),
          ignoreChanges: goal.ignoreChanges,
        });
  const replace = old === undefined || diff.replaceKeys.length > 0;
  state.id = !replace ? old.id : run.dryRun ? UNKNOWN : randomUUID();
  const op = old === undefined ? "create" : replace ? "create-replacement" : diff.changed ? "update" : "same";
  await run.options.registry.configure(formatReference({ urn, id: state.id ?? UNKNOWN }), inputs);
  state.outputs = withoutInternals(inputs);
  await settle(
    run,
    compact({ ...state, created: old?.created ?? now(), modified: old?.modified ?? now() }),
    old,
    replace,
  );
  // Nobody has asked for a default provider, so nobody is told.
  if (!isDefaultProvider(urn)) run.done(describe(op, state, old, { diff: diff.detailed }));
  return { urn, id: state.id === UNKNOWN ? "" : (state.id ?? ""), outputs: state.outputs };
}

async function settle(run: Run, state: ResourceState, old: ResourceState | undefined, replace: boolean): Promise<void> {
  run.states.set(state.urn, state);
  if (old === undefined) return run.keeper.settleNew(state, undefined);
  run.taken.add(old);
  // What the old one has made is deleted by it, so it stays until then.
  if (replace) {
    old.delete = true;
    return run.keeper.settleNew(state, undefined);
  }
  if (sameState(state, old)) return run.keeper.keep(state, old);
  state.modified = now();
  return run.keeper.settleNew(state, undefined, old);
}

/**
 * Does another provider mean that a resource has to be made anew? One default provider stands for another; otherwise
 * the provider says whether the two reach the same things.
 */
export async function providerChanged(run: Run, old: ResourceState, reference: string): Promise<boolean> {
  if (old.provider === undefined || old.provider === reference) return false;
  const [before, after] = [parseReference(old.provider), parseReference(reference)];
  if (before.urn === after.urn) return true;
  if (isDefaultProvider(before.urn) && isDefaultProvider(after.urn)) return false;
  const find = (urn: string, id: string) =>
    run.states.get(urn) ?? run.keeper.remaining().find((other) => other.urn === urn && other.id === id);
  const [oldState, newProvider] = [find(before.urn, before.id), find(after.urn, after.id)];
  if (oldState === undefined || newProvider === undefined) return true;
  const pkg = packageOf(newProvider.type);
  const bare = await run.options.registry.unconfigured(pkg, versionOf(newProvider.inputs ?? {}));
  const diff = await bare.diffConfig({
    urn: after.urn,
    id: after.id,
    olds: oldState.outputs ?? {},
    oldInputs: withoutInternals(oldState.inputs ?? {}),
    news: withoutInternals(newProvider.inputs ?? {}),
    ignoreChanges: [],
  });
  return diff.replaceKeys.length > 0;
}

/** Packages that the CLI has inside itself, and this engine has not. */
export function refusePackage(type: string): void {
  const refusals: Record<string, string> = {
    pulumi: "what the Pulumi engine has in itself, such as stack references, is not covered",
    "pulumi-nodejs": "dynamic providers are not covered",
  };
  const refusal = refusals[packageOf(type)];
  if (refusal === undefined || type.startsWith("pulumi:providers:")) return;
  throw new SandstackError("UNSUPPORTED", `${type}: ${refusal}.`, { hint: "The Pulumi CLI runs such programs." });
}
