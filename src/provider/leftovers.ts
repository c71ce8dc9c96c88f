import type { OwnedObject } from "../model/tier";

/**
 * What is still on this machine, or at its engines, with an owner's mark once all that its state and the ledger knew is
 * removed: nothing, unless something is wrong. Nothing of it is removed here; `sandstack gc` does once its deadline has passed.
 */
export async function leftovers(owner: string, engines: readonly string[] = []): Promise<OwnedObject[]> {
  const { owned, ownedAt } = await import("../tiers/index.js");
  const atEngines = engines.map((host) => ownedAt(host, owner));
  return [...owned(owner), ...(await Promise.all(atEngines)).flat()];
}
