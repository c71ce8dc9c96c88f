import { SandstackError } from "../model/error";
import { isSnapshotId } from "../model/id";
import type { OwnedObject, SandboxRecord } from "../model/tier";
import { engineStrays } from "./docker/strays";
import { isOthers } from "./elsewhere";
import { entryPath } from "./ledger/entry";
import { listRefs, type LayerRef } from "./ledger/layer";
import { judge } from "./ledger/record";
import { readSnapshot } from "./ledger/snapshot";
import { registerLedger } from "./ledger/ledger-index";
import { lookAtAll } from "./look";
import { owned } from "./owned";

/** Where ledger and machine disagree. */
export interface Orphans {
  /** Records of sandboxes that nobody holds any more. */
  recordsWithoutSandbox: SandboxRecord[];
  /** Objects with our marks whose sandbox is not in the ledger, or has ended there. */
  objectsWithoutRecord: OwnedObject[];
  /** Records that can't be read, one CORRUPT each. */
  unreadable: SandstackError[];
}

/** Looks both ways, and removes nothing. */
export async function orphans(): Promise<Orphans> {
  registerLedger();
  const { sandboxes, unreadable } = await lookAtAll();
  const problems: SandstackError[] = [];
  const atEngines = (await engineStrays(isHeld, problems)).map(({ object }) => object);
  return {
    recordsWithoutSandbox: sandboxes.filter(({ state }) => state === "dead"),
    objectsWithoutRecord: [...(await strays()), ...atEngines],
    unreadable: [
      ...unreadable,
      ...problems.filter(({ message }) => unreadable.every((one) => one.message !== message)),
    ],
  };
}

/** Objects of this machine for which no record stands, here or in another state directory. */
export async function strays(): Promise<OwnedObject[]> {
  const found: OwnedObject[] = [];
  for (const object of owned().filter(isWithoutRecord)) if (!(await isOthers(object))) found.push(object);
  return found;
}

/** Whether nothing in this ledger stands for an object. */
function isWithoutRecord(object: OwnedObject): boolean {
  if (object.where === entryPath(object.sandbox)) return false;
  if (isHeld(object.sandbox)) return false;
  if (object.kind === "snapshot") return object.deadline !== undefined;
  if (object.kind === "layer") return listRefs(object.where).every(isDeadRef);
  return true;
}

/** Whether a sandbox is in the ledger and has not ended. What can't be read is left alone. */
export function isHeld(sandbox: string): boolean {
  try {
    const fate = judge(sandbox)?.fate;
    return fate !== undefined && fate !== "ended";
  } catch {
    return true;
  }
}

/** A keeper takes a snapshot's references first and then writes its record: so long one may stand without. */
const RECORD_DELAY_MS = 60_000;

/** Whether a reference's user, a sandbox or a snapshot, is gone. */
export function isDeadRef({ user, takenAt }: LayerRef): boolean {
  if (!isSnapshotId(user)) return !isHeld(user);
  try {
    return readSnapshot(user) === undefined && Date.now() - takenAt > RECORD_DELAY_MS;
  } catch {
    return false;
  }
}
