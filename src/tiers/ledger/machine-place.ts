import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";

/**
 * The place that all state directories of a machine share, for cgroups, user ids and engines are one space for all of
 * them. It is always here, wherever their sockets are. Nobody but root may look, for it tells paths. It goes with a
 * boot, as sandboxes do.
 */
const MACHINE_DIR = "/run/sandstack-machine";

/** The shelves: who has a ledger, and who has a range of user ids. */
const SHARED = ["ledgers", "uids"] as const;
export type SharedShelf = (typeof SHARED)[number];

export function machinePath(shelf: SharedShelf, ...parts: string[]): string {
  return join(MACHINE_DIR, shelf, ...parts);
}

/** @throws SandstackError CORRUPT where something else has the place */
export function ensureMachinePlace(): void {
  for (const path of [MACHINE_DIR, ...SHARED.map((shelf) => machinePath(shelf))]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(path);
    if (uid !== 0) throw new SandstackError("CORRUPT", `${path} belongs to uid ${uid}; it must be root's.`);
    if ((mode & 0o077) !== 0) chmodSync(path, 0o700);
  }
}
