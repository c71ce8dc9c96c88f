import { listClaims, release } from "./ledger/claim";
import { listEntries, readIntent, removeEntry } from "./ledger/entry";
import { listSnapshots } from "./ledger/snapshot";
import { listUidClaims } from "./ledger/uid-range";
import { marksOf } from "./objects/marks";
import { clearDeclared } from "./docker/remove";
import { isDeclared, isLocal } from "./ledger/intent";
import { removeByForce, removeSandbox } from "./remove";
import { removeSnapshot } from "./remove-snapshot";
import { settled } from "./settle";

/** Removes what a sandbox that nobody holds any more has left, but its ended record. */
export async function removeDead(id: string): Promise<void> {
  const intent = readIntent(id);
  if (intent) return removeByForce(intent);
  // Its maker came no further than to take things.
  for (const { path, id: holder } of [...listClaims("names"), ...listClaims("uids"), ...listUidClaims()]) {
    if (holder === id) release(path, id);
  }
  removeEntry(id);
}

/**
 * Ends a sandbox whatever state it is in, and forgets how it ended. While a snapshot of it is kept its record stays:
 * it says whose that is. Of one that is gone there is nothing to do.
 */
export async function forgetSandbox(id: string): Promise<void> {
  const judged = await settled(id);
  if (judged === undefined) return;
  if (judged.fate === "dead") await removeDead(id);
  else await removeSandbox(id);
  await removeDeclared(id);
  if (listSnapshots(id).snapshots.length === 0) removeEntry(id);
}

/** As forgetSandbox, of one whose maker died before it came to be: what a stack has declared for it is in the way of the next. */
export async function forgetHalfMade(id: string): Promise<void> {
  const judged = await settled(id);
  if (judged?.fate === "dead" && isDeclared(judged.intent)) await forgetSandbox(id);
}

/** Of what a stack declares itself, ending has left its parts. */
async function removeDeclared(id: string): Promise<void> {
  const intent = readIntent(id);
  if (intent !== undefined && !isLocal(intent) && isDeclared(intent)) await clearDeclared(intent);
}

/** Removes all that the ledger knows of an owner: snapshots that are kept, sandboxes, records of how they ended. */
export async function forgetOwner(owner: string): Promise<void> {
  for (const { id, sandbox, createdAt } of listSnapshots().snapshots) {
    if (marksOf(sandbox, createdAt).owner === owner) await removeSnapshot(id);
  }
  for (const id of listEntries()) {
    if (marksOf(id, 0).owner === owner) await forgetSandbox(id);
  }
}
