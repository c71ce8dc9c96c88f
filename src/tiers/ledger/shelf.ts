import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../../model/make-folder";
import { stateDir } from "../../model/state-dir";
import { fromSystem } from "../system/system-error";

/**
 * The folders of the state directory. `layers` holds what payloads wrote, set-user-id files of their root too, which
 * to the machine are its own root's: nobody but root may reach them. `guest` is entered by sandboxes' own users.
 */
const SHELVES = {
  sandboxes: 0o700,
  names: 0o700,
  uids: 0o700,
  layers: 0o700,
  snapshots: 0o700,
  templates: 0o700,
  archives: 0o700,
  guest: 0o755,
};
export type Shelf = keyof typeof SHELVES;

export function shelfPath(shelf: Shelf, ...parts: string[]): string {
  return join(stateDir(), shelf, ...parts);
}

/** State directories whose shelves this process has seen standing. */
const standing = new Set<string>();

/** Makes the shelves where they are missing; once per process, for a create has no time to look each time. */
export function ensureShelves(): void {
  const root = stateDir();
  if (standing.has(root)) return;
  try {
    mkdirSync(root, { recursive: true, mode: 0o755 });
    // Somebody else may have made it just now: what stands is looked at again.
    stateDir();
    for (const [shelf, mode] of Object.entries(SHELVES)) makeFolder(join(root, shelf), mode);
  } catch (error) {
    throw fromSystem(error, `making ${root}`);
  }
  standing.add(root);
}
