import { readIntent } from "./ledger/entry";
import { isLocal, type Intent } from "./ledger/intent";
import { endDockerByForce, removeDocker } from "./docker/remove";
import { endByForce, removeLocal } from "./local/remove";

/**
 * Ends a sandbox whatever state it is in, and returns when nothing of it is left but its ended record. Of one that is
 * gone there is nothing to do.
 */
export async function removeSandbox(id: string): Promise<void> {
  const intent = readIntent(id);
  if (intent !== undefined) await (isLocal(intent) ? removeLocal(intent) : removeDocker(intent));
}

/** For a sandbox that is not to end in order. */
export function removeByForce(intent: Intent): Promise<void> {
  return isLocal(intent) ? endByForce(intent) : endDockerByForce(intent);
}
