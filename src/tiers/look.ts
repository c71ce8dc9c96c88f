import { SandstackError } from "../model/error";
import type { SandboxRecord } from "../model/tier";
import { observe } from "./docker/observe";
import { listEntries, readIntent } from "./ledger/entry";
import { isLocal } from "./ledger/intent";
import { findSandbox, getSandbox, listSandboxes, type Listing } from "./ledger/record";

/**
 * As getSandbox, of one that has been looked at where it is.
 * @throws SandstackError NO_SUCH_SANDBOX; NO_ENGINE where its engine does not answer
 */
export async function lookUp(idOrName: string): Promise<SandboxRecord> {
  const found = getSandbox(idOrName);
  await look(found.id);
  return getSandbox(found.id);
}

/** As findSandbox, of one that has been looked at where it is. @throws SandstackError NO_ENGINE */
export async function lookFor(idOrName: string): Promise<SandboxRecord | undefined> {
  const found = findSandbox(idOrName);
  if (found === undefined) return undefined;
  await look(found.id);
  return findSandbox(found.id);
}

/** As listSandboxes, each looked at where it is; what an engine does not tell is among the problems. */
export async function lookAtAll(): Promise<Listing> {
  const problems: SandstackError[] = [];
  for (const id of listEntries()) await look(id).catch((error: unknown) => problems.push(SandstackError.from(error)));
  const listing = listSandboxes();
  const told = new Set(listing.unreadable.map(({ message }) => message));
  return { ...listing, unreadable: [...listing.unreadable, ...problems.filter(({ message }) => !told.has(message))] };
}

/** Of what is held by this machine the ledger knows all. */
export async function look(id: string): Promise<void> {
  const intent = readIntent(id);
  if (intent !== undefined && !isLocal(intent)) await observe(intent);
}
