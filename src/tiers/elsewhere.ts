import { stateDir } from "../model/state-dir";
import type { OwnedObject } from "../model/tier";
import { hasEntry } from "./ledger/entry";
import { readLedgerId } from "./ledger/ledger-id";
import { isBelievable, isGone, isStanding, otherLedgers, type Ledger } from "./ledger/ledger-index";
import { wordOf, type Word } from "./ledger/other-ledger";
import { cgroupsOf, isKept } from "./objects/cgroup";
import { isListening } from "./objects/listening";

/** A guest's grace, and a little. */
const OVERDUE_MS = 5_000;

/** The kinds that have one space for a machine's state directories; all else lies in one of them, or at an engine. */
const SHARED: readonly OwnedObject["kind"][] = ["process", "cgroup", "socket", "uid range"];

/**
 * Whether an object without a record here is somebody else's to judge: nobody judges what another ledger holds. It is
 * nobody's once its time there is over and no keeper of it lives, or once that state directory has been missing for a day.
 */
export async function isOthers(object: OwnedObject): Promise<boolean> {
  // Somebody may still run under these ids: they go after its cgroups, with the next gc.
  if (object.kind === "uid range" && cgroupsOf(object.sandbox).length > 0) return true;
  if (!SHARED.includes(object.kind) || hasEntry(object.sandbox)) return false;
  if (object.ledger !== undefined && object.ledger === readLedgerId(stateDir())) return false;
  const ledgers = otherLedgers();
  const maker = ledgers.find(({ id }) => id === object.ledger);
  if (maker !== undefined) return isOf(maker, object);
  const word = wordAmong(ledgers, object.sandbox);
  if (word !== undefined) return word === "held" || isKept(object.sandbox);
  return isInUse(object);
}

/** Whether an object is left to the ledger that its own mark names. */
function isOf(ledger: Ledger, object: OwnedObject): boolean {
  const isOver = object.deadline === undefined || Date.now() >= object.deadline + OVERDUE_MS;
  // Cgroups of a directory that is gone go first, with whoever is in them.
  const isHolder = object.kind === "cgroup" || object.kind === "process";
  if (!isStanding(ledger)) return !isGone(ledger) || !isOver || (!isHolder && isKept(object.sandbox));
  if (!isBelievable(ledger) || isKept(object.sandbox)) return true;
  return (wordOf(ledger.path, object.sandbox) ?? (isOver ? "over" : "held")) === "held";
}

/** Reads what the other ledgers of this machine say of a sandbox; `undefined` where none knows it. */
export function wordAmong(ledgers: readonly Ledger[], sandbox: string): Word | undefined {
  for (const ledger of ledgers) {
    if (!isStanding(ledger) || !isBelievable(ledger)) continue;
    const word = wordOf(ledger.path, sandbox);
    if (word !== undefined) return word;
  }
  return undefined;
}

/**
 * Whether an object that no ledger knows is in use. A ledger may never have been told of here, as that of an older
 * version that still runs sandboxes.
 */
async function isInUse({ kind, where, sandbox }: OwnedObject): Promise<boolean> {
  return kind === "socket" ? isListening(where) : isKept(sandbox);
}
