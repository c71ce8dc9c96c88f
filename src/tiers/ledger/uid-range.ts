import { lstatSync, readdirSync } from "node:fs";
import { basename } from "node:path";
import { SandstackError } from "../../model/error";
import { errnoOf, ifThere } from "../system/system-error";
import { claimFor, readClaim, type Claim } from "./claim";
import { ledgerId } from "./ledger-id";
import { registerAgain } from "./ledger-index";
import { machinePath } from "./machine-place";

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

/** The slot of a host id; `undefined` for one that is none of a sandbox's. */
export function slotOf(uid: number): number | undefined {
  const slot = Math.floor((uid - FIRST_ID) / RANGE_SIZE);
  return slot >= 0 && slot < SLOTS ? slot : undefined;
}

/** Where to begin to look, so that sandboxes made at once seldom try the same slot. */
export function firstSlot(id: string): number {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % SLOTS;
}

/**
 * A range of host ids that no other sandbox of this machine has, whatever state directory it is of: two with one range
 * could kill and trace each other's processes on tier chroot.
 * @param inUse slots that somebody has without a claim, as a sandbox of an older version does
 * @param folder where claims are
 * @throws SandstackError LIMIT where every range is taken
 */
export function claimUidRange(
  id: string,
  inUse: () => ReadonlySet<number>,
  folder = machinePath("uids"),
): { uidBase: number; uidSlot: string } {
  const taken = listTaken(folder);
  const first = firstSlot(id);
  for (let tried = 0; tried < SLOTS; tried++) {
    const slot = (first + tried) % SLOTS;
    if (taken.has(String(slot)) || inUse().has(slot)) continue;
    const uidSlot = `${folder}/${slot}`;
    // Somebody else may take it in between: what counts is who made the file.
    if (claimFor(uidSlot, `${ledgerId()}/${id}`)) return { uidBase: slotBase(slot), uidSlot };
  }
  throw new SandstackError("LIMIT", `All ${SLOTS} ranges of user ids are in use, one by each sandbox.`, {
    hint: "End some sandboxes: `sandstack ls`, `sandstack kill`; `sandstack gc` removes what is overdue.",
  });
}

function listTaken(folder: string): Set<string> {
  try {
    return new Set(readdirSync(folder));
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    registerAgain();
    return new Set();
  }
}

/** A range that a sandbox of any state directory of this machine has. */
export interface UidClaim extends Claim {
  ledger: string;
}

export function listUidClaims(folder = machinePath("uids")): UidClaim[] {
  return (ifThere(() => readdirSync(folder)) ?? []).flatMap((name) => {
    const path = `${folder}/${name}`;
    const [ledger, id] = readClaim(path)?.split("/") ?? [];
    const createdAt = ifThere(() => lstatSync(path).mtimeMs);
    if (ledger === undefined || id === undefined || createdAt === undefined) return [];
    return [{ path, id: basename(id), ledger, createdAt }];
  });
}
