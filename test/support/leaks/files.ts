import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { stateDir } from "../../../src/model/state-dir";
import { quietly } from "./quietly";

/** Where vitest keeps what its workers share; it goes when vitest does. */
const RUNNERS_OWN = /^\/tmp\/[\w-]{21}$/;

/** A machine without systemd gets it, empty, with its first nspawn sandbox. */
const NSPAWNS_PLACE = "/run/systemd";
/** The place that all state directories of a machine share comes with the first, and the index of them stays. */
const MACHINES_PLACE = "/run/sandstack-machine";
const LEDGERS = `${MACHINES_PLACE}/ledgers`;
const KEPT_IN_RUN = [NSPAWNS_PLACE, MACHINES_PLACE, `${MACHINES_PLACE}/uids`];

/** The places where a program may leave files. In the shared ones only the top counts: below is their maker's business. */
export function listFiles(): string[] {
  return [
    ...listTree("/dev/shm", 4),
    ...listTree("/run", 6, (path) => path !== LEDGERS).filter((path) => !KEPT_IN_RUN.includes(path)),
    ...listTree("/tmp", 1, (path) => !RUNNERS_OWN.test(path)),
    ...listTree("/var/tmp", 1),
    ...listState(stateDir()),
  ];
}

/** Kept for the next sandbox: images, guest roots, disk templates. Kept for people: ended records. */
const KEPT = ["images", "guest", "templates"];
/** The ledger's id and shelves stay; what stands on them is looked at. */
const SHELVES = ["ledger-id", "sandboxes", "names", "uids", "layers", "snapshots", "archives"];

function listState(root: string): string[] {
  const kept = KEPT.map((name) => join(root, name));
  const records = join(root, "sandboxes") + "/";
  const all = listTree(root, 4, (path) => {
    if (kept.includes(path)) return false;
    return !path.startsWith(records) || !existsSync(join(path, "ended.json"));
  });
  return all.filter((path) => !SHELVES.includes(path.slice(root.length + 1)));
}

/** Every path below a directory, down to `depth` levels; `keep` false leaves a path and all below it out. */
function listTree(root: string, depth: number, keep: (path: string) => boolean = () => true): string[] {
  const found: string[] = [];
  for (const entry of quietly(() => readdirSync(root, { withFileTypes: true })) ?? []) {
    const path = join(root, entry.name);
    if (!keep(path)) continue;
    found.push(path);
    if (depth > 1 && entry.isDirectory()) found.push(...listTree(path, depth - 1, keep));
  }
  return found;
}
