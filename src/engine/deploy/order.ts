import { referencesOf, type ResourceState } from "../state/resource-state";

/**
 * For each resource, those that have to be deleted before it: who refers to it.
 * @param resources in the state's order, in which whatever is referred to comes first; so there is no circle
 */
export function deleteAfter(resources: readonly ResourceState[]): Map<ResourceState, ResourceState[]> {
  const after = new Map(resources.map((resource) => [resource, [] as ResourceState[]]));
  const earlier = new Map<string, ResourceState[]>();
  for (const resource of resources) {
    for (const urn of referencesOf(resource)) {
      for (const before of earlier.get(urn) ?? []) after.get(before)?.push(resource);
    }
    earlier.set(resource.urn, [...(earlier.get(resource.urn) ?? []), resource]);
  }
  return after;
}

/** Runs work on each, as soon as it was run on all that come before it; none begins after one has failed. */
export async function runInOrder<T>(
  before: ReadonlyMap<T, readonly T[]>,
  work: (item: T) => Promise<void>,
  stopped: () => boolean,
): Promise<void> {
  const results = new Map<T, Promise<void>>();
  let failed = false;
  const start = (item: T): Promise<void> => {
    const known = results.get(item);
    if (known !== undefined) return known;
    const result = Promise.all((before.get(item) ?? []).map(start)).then(async () => {
      if (failed || stopped()) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    });
    results.set(item, result);
    return result;
  };
  const settled = await Promise.allSettled([...before.keys()].map(start));
  const first = settled.find((result) => result.status === "rejected");
  if (first !== undefined) throw first.reason;
}

/** All that refers to a resource, directly or through others, in the state's order. */
export function dependentsOf(root: ResourceState, resources: readonly ResourceState[]): ResourceState[] {
  const urns = new Set([root.urn]);
  const found: ResourceState[] = [];
  for (const resource of resources.slice(resources.indexOf(root) + 1)) {
    if (!referencesOf(resource).some((urn) => urns.has(urn))) continue;
    urns.add(resource.urn);
    found.push(resource);
  }
  return found;
}
