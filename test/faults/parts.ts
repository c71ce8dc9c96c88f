import { readFileSync, readdirSync } from "node:fs";
import { statePath } from "../../src/model/state-dir";
import { ancestors, listProcesses } from "../support/leaks/processes";
import { quietly } from "../support/leaks/quietly";

/** The host processes that hold a sandbox up, where they are there. */
export interface Parts {
  keeper?: number;
  /** systemd-nspawn; the chroot tier has none. */
  launcher?: number;
  guest?: number;
}
export type Part = keyof Parts;

export function findParts(id: string): Parts {
  const record = quietly(() => readFileSync(statePath("sandboxes", id, "keeper"), "utf8"));
  const keeper = record === undefined ? undefined : Number(record.split(" ")[0]);
  const all = listProcesses();
  if (keeper === undefined || !all.has(keeper)) return {};
  const below = [...all.values()].filter((p) => ancestors(all, p.pid).includes(keeper));
  return {
    keeper,
    launcher: below.find((p) => p.parent === keeper && p.command.includes("systemd-nspawn"))?.pid,
    guest: below.find((p) => /^\/?sandstack-guest guest$/.test(p.command))?.pid,
  };
}

/** Ids in the ledger that were not there before. */
export function newSandboxes(before: readonly string[]): string[] {
  return listSandboxes().filter((id) => !before.includes(id));
}

export function listSandboxes(): string[] {
  return quietly(() => readdirSync(statePath("sandboxes"))) ?? [];
}

/** Processes of the whole machine whose command line holds the marker, so that no payload escapes by leaving its parents. */
export function withMarker(marker: string): number[] {
  return [...listProcesses().values()].filter((p) => p.command.includes(marker)).map((p) => p.pid);
}

let markers = 0;
/** A number of seconds to sleep that no other process of this machine sleeps. */
export function newMarker(): string {
  markers += 1;
  return `4242.${process.pid}${String(markers).padStart(4, "0")}`;
}

/** A payload that tries to outlive whatever holds it: one child in its own session, one as it is. */
export function stubbornPayload(marker: string): string[] {
  return ["sh", "-c", `trap '' TERM HUP INT; (setsid sleep ${marker} &); sleep ${marker}; sleep ${marker}`];
}
