import type { OwnedObject } from "../model/tier";

/**
 * What is still on this machine with an owner's mark once all that its state and the ledger knew is removed: nothing,
 * unless something is wrong. Nothing of it is removed here; `sandstack gc` does once its deadline has passed.
 */
export async function leftovers(owner: string): Promise<OwnedObject[]> {
  const { owned } = await import("../tiers/index.js");
  return owned(owner);
}
