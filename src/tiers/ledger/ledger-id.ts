import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isLedgerId, newLedgerId } from "../../model/id";
import { stateDir } from "../../model/state-dir";
import { errnoOf, ifThere } from "../system/system-error";

/** By state directory: it never changes while a process works in it. */
const known = new Map<string, string>();

/** The random id of this state directory's ledger, which marks what is its own; made where it is missing. */
export function ledgerId(): string {
  const root = stateDir();
  const id = known.get(root) ?? readLedgerId(root) ?? makeLedgerId(root);
  known.set(root, id);
  return id;
}

/** The id of the ledger in a directory; `undefined` where none stands. */
export function readLedgerId(root: string): string | undefined {
  const text = ifThere(() => readFileSync(join(root, "ledger-id"), "utf8"))?.trim();
  return text !== undefined && isLedgerId(text) ? text : undefined;
}

/** Makes the id. One of several who do so at once succeeds: a link appears with its content. */
function makeLedgerId(root: string): string {
  const id = newLedgerId();
  const draft = join(root, `ledger-id.${process.pid}`);
  writeFileSync(draft, `${id}\n`, { mode: 0o600 });
  try {
    linkSync(draft, join(root, "ledger-id"));
    return id;
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
    // A power cut may have left it empty.
    return readLedgerId(root) ?? renewLedgerId();
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Gives a directory that was copied from another, with its id, an id of its own. */
export function renewLedgerId(): string {
  const root = stateDir();
  const draft = join(root, `ledger-id.${process.pid}`);
  const id = newLedgerId();
  writeFileSync(draft, `${id}\n`, { mode: 0o600 });
  renameSync(draft, join(root, "ledger-id"));
  known.set(root, id);
  return id;
}
