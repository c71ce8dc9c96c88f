import { equal, secret, type PropertyMap, type PropertyValue } from "../property/value";
import type { ResourceState } from "../state/resource-state";
import type { Goal } from "./goal";
import { showPosition } from "./run";

/** A resource's state as the program wants it, before a provider was asked. */
export function newState(
  goal: Goal,
  urn: string,
  provider: string | undefined,
  inputs: PropertyMap,
  folder: string,
): ResourceState {
  const position = goal.sourcePosition;
  return compact({
    urn,
    custom: goal.custom,
    type: goal.type,
    inputs,
    outputs: {},
    parent: goal.parent,
    protect: goal.protect,
    dependencies: goal.dependencies,
    provider,
    propertyDependencies: Object.fromEntries(
      Object.entries(goal.propertyDependencies).filter(([, urns]) => urns.length > 0),
    ),
    additionalSecretOutputs: goal.additionalSecretOutputs,
    customTimeouts: Object.fromEntries(Object.entries(goal.customTimeouts).filter(([, seconds]) => seconds > 0)),
    retainOnDelete: goal.retainOnDelete,
    deletedWith: goal.deletedWith,
    sourcePosition: position === undefined ? undefined : projectPosition(position, folder),
    ignoreChanges: goal.ignoreChanges,
    replaceOnChanges: goal.replaceOnChanges,
  });
}

/** `project:///stacks/index.ts#12,3`; a line elsewhere is left out. */
function projectPosition(position: string, folder: string): string | undefined {
  const shown = showPosition(position, folder);
  return shown.startsWith("/") ? undefined : `project:///${shown.replace(/:(\d+):(\d+)$/, "#$1,$2")}`;
}

/** Leaves out what says nothing, as the state file does. */
export function compact(state: ResourceState): ResourceState {
  const kept = Object.entries(state as unknown as Record<string, unknown>).filter(([key, value]) => {
    if (key === "custom") return true;
    if (value === undefined || value === "" || value === false) return false;
    return typeof value !== "object" || value === null || Object.keys(value).length > 0;
  });
  return Object.fromEntries(kept) as unknown as ResourceState;
}

/** Outputs with those made secret that the program says are. */
export function withSecretOutputs(outputs: PropertyMap, keys: readonly string[]): PropertyMap {
  const result = { ...outputs };
  for (const key of keys) {
    const value = result[key];
    if (value !== undefined) result[key] = secret(value);
  }
  return result;
}

/** Do two states say the same, apart from when? */
export function sameState(a: ResourceState, b: ResourceState): boolean {
  const bare = ({ created: _c, modified: _m, ...rest }: ResourceState) => compact(rest) as unknown as PropertyValue;
  return equal(bare(a), bare(b));
}

export function now(): string {
  return new Date().toISOString();
}
