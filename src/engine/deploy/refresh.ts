import { equal, mask, type PropertyMap, type PropertyValue } from "../property/value";
import { diffProperties } from "../property/diff";
import type { ResourceState } from "../state/resource-state";
import { isProviderType } from "../urn";
import { compact, now, withSecretOutputs } from "./new-state";
import { describe, type Run } from "./run";

/**
 * Looks at the world: what is gone leaves the state, what has changed is written down.
 * @param which all, unless told
 */
export async function refresh(run: Run, which: (resource: ResourceState) => boolean = () => true): Promise<void> {
  const readable = run.keeper.remaining().filter((resource) => canBeRead(resource) && which(resource));
  const results = await Promise.allSettled(readable.map((resource) => readAgain(run, resource)));
  let changed = false;
  results.forEach((result, index) => {
    const old = readable[index];
    if (old === undefined || result.status === "rejected" || result.value === old) return;
    run.keeper.replaceBase(old, result.value);
    changed = true;
  });
  if (changed) {
    run.keeper.dropDangling();
    await run.keeper.changed();
  }
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

function canBeRead({ custom, type, id, delete: replaced, pendingReplacement }: ResourceState): boolean {
  return custom && !isProviderType(type) && id !== undefined && replaced !== true && pendingReplacement !== true;
}

/** @returns the same where nothing has changed, `undefined` where it is gone */
async function readAgain(run: Run, old: ResourceState): Promise<ResourceState | undefined> {
  let found: ResourceState | undefined = old;
  const work = async () => {
    const client = await run.client(old);
    const outcome = await client.read(old.urn, old.id ?? "", old.inputs ?? {}, old.outputs ?? {});
    if (outcome === undefined) return (found = undefined);
    const outputs = withSecretOutputs(outcome.outputs, old.additionalSecretOutputs ?? []);
    const inputs = outcome.inputs ?? old.inputs ?? {};
    const errors = outcome.initErrors ?? [];
    if (same(old, inputs, outputs, errors)) return;
    found = compact({ ...old, id: outcome.id, inputs, outputs, initErrors: errors, modified: now() });
  };
  const step = describe("refresh", old, old);
  await run.step(step, work, () => {
    if (found === undefined) return { found: "delete", reason: "is gone", newOutputs: {} };
    if (found === old) return { found: "same" };
    return {
      found: "update",
      diff: diffProperties(old.outputs ?? {}, found.outputs ?? {}),
      newOutputs: mask(found.outputs ?? {}),
    };
  });
  return found;
}

function same(old: ResourceState, inputs: PropertyMap, outputs: PropertyMap, errors: string[]): boolean {
  const before: PropertyValue = [old.inputs ?? {}, old.outputs ?? {}, old.initErrors ?? []];
  return equal(before, [inputs, outputs, errors]);
}
