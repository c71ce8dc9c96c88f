import { readdirSync } from "node:fs";
import { SandstackError } from "../../model/error";
import { claim } from "./claim";
import { shelfPath } from "./shelf";

/** Host ids of one sandbox: as many as a machine without sandboxes has in use. */
export const RANGE_SIZE = 65_536;

/**
 * 1,610,612,736 to 1,879,048,191: the upper end of what systemd sets aside for containers (524,288 to 1,879,048,191,
 * systemd.io/UIDS-GIDS), above the highest id that shadow gives out by itself in /etc/subuid (600,100,000).
 */
const FIRST_ID = 0x6000_0000;
const SLOTS = (0x7000_0000 - FIRST_ID) / RANGE_SIZE;

/** First host id of a slot. */
export function slotBase(slot: number): number {
  return FIRST_ID + slot * RANGE_SIZE;
}

/** Where to begin to look, so that sandboxes made at once seldom try the same slot. */
export function firstSlot(id: string): number {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % SLOTS;
}

/**
 * A range of host ids that no other sandbox has.
 * @throws SandstackError LIMIT where every range is taken
 */
export function claimUidRange(id: string): { uidBase: number; uidSlot: string } {
  const taken = new Set(readdirSync(shelfPath("uids")));
  const first = firstSlot(id);
  for (let tried = 0; tried < SLOTS; tried++) {
    const slot = (first + tried) % SLOTS;
    const uidSlot = shelfPath("uids", String(slot));
    // Somebody else may take it in between: what counts is who made the file.
    if (!taken.has(String(slot)) && claim(uidSlot, id)) return { uidBase: slotBase(slot), uidSlot };
  }
  throw new SandstackError("LIMIT", `All ${SLOTS} ranges of user ids are in use, one by each sandbox.`, {
    hint: "End some sandboxes: `sandstack ls`, `sandstack kill`; `sandstack gc` removes what is overdue.",
  });
}
