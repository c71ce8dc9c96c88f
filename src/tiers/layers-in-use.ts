import { listEntries, readIntent } from "./ledger/entry";
import { listSnapshots } from "./ledger/snapshot";

/**
 * Every directory that is a layer of a sandbox or a snapshot of this machine, also of those that have ended and are
 * still on record.
 * @throws SandstackError CORRUPT for a record that can't be read: nobody knows what it uses
 */
export function layersInUse(): Set<string> {
  const { snapshots, unreadable } = listSnapshots();
  if (unreadable[0]) throw unreadable[0];
  const sandboxes = listEntries().flatMap((id) => readIntent(id)?.spec.layers ?? []);
  return new Set([...sandboxes, ...snapshots.flatMap(({ layers }) => layers)]);
}
