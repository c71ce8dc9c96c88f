import { createHash } from "node:crypto";

const FIRST = 1_879_048_192;
const COUNT = 2 ** 28;
/** Where the engine's users are others than the machine's, it is the image's usual one. */
const REMAPPED = 1000;

/**
 * Who a payload runs as: a user that no other sandbox of the machine has, so that none of them shares the kernel's
 * bounds per user with it. It follows from the id, which spares a ledger on the engine's machine; where two are the same
 * after all, they share those bounds and nothing else.
 */
export function payloadUid(id: string, remaps: boolean): number {
  if (remaps) return REMAPPED;
  return FIRST + (createHash("sha256").update(id).digest().readUInt32BE() % COUNT);
}
