import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SandstackError } from "../model/error";
import { isRunOwner } from "../model/id";
import type { OwnedObject } from "../model/tier";
import { release } from "./ledger/claim";
import { entryPath, listEntries, readEnded, removeEntry } from "./ledger/entry";
import { OVERDUE_MS, START_MS, type Fate } from "./ledger/fate";
import { dropRef, listRefs, removeUnused } from "./ledger/layer";
import { dropLedger, isGone, noteMissing, otherLedgers, registerLedger } from "./ledger/ledger-index";
import { withLock } from "./ledger/lock";
import { judge } from "./ledger/record";
import { ensureShelves } from "./ledger/shelf";
import { listSnapshots } from "./ledger/snapshot";
import { removeDeadArchives } from "./docker/archive";
import { engineStrays } from "./docker/strays";
import { removeDead } from "./forget";
import { removeCgroup } from "./objects/cgroup";
import { marksOf } from "./objects/marks";
import { lookAtAll } from "./look";
import { isDeadRef, isHeld, strays } from "./orphans";
import { owned } from "./owned";
import { removeSandbox } from "./remove";
import { removeSnapshot } from "./remove-snapshot";
import { isAlive } from "./system/process";

/** How long the ended record of a sandbox that no stack declares is kept: nothing else will remove it. */
const RECORD_KEPT_MS = 86_400_000;

export interface GarbageReport {
  /** What was removed; in a dry run, what would be. */
  removed: OwnedObject[];
  /** What could not be read or removed; gc went on with the rest. */
  problems: SandstackError[];
}

/** One thing that is to go. */
interface Garbage {
  object: OwnedObject;
  remove(): void | Promise<void>;
}

/**
 * Removes, whoever owns it, what is overdue, what nobody holds any more, and what is left of sandboxes that are gone.
 * Safe beside sandboxes that are just being made or ended.
 * @throws SandstackError LOCKED naming the process whose gc takes too long
 */
export async function collectGarbage({ dryRun = false }: { dryRun?: boolean } = {}): Promise<GarbageReport> {
  ensureShelves();
  registerLedger();
  if (!dryRun) noteMissing();
  return withLock("gc", async () => {
    await outwaitDeadMakers();
    if (!dryRun) removeDeadArchives();
    const report: GarbageReport = { removed: [], problems: [] };
    // What has ended at an engine is written down, which nobody did when it happened.
    report.problems.push(...(await lookAtAll()).unreadable.filter(({ code }) => code !== "CORRUPT"));
    // In this order: what a sandbox leaves is mostly removed with it, and then no longer found by those that follow.
    for (const find of [findDeadSandboxes, findStrays, findEngineStrays, findOldRecords]) {
      for (const garbage of await find(report.problems)) await removeOne(garbage, dryRun, report);
    }
    if (!dryRun) forgetGoneLedgers();
    return report;
  });
}

/** What a maker that just died has left may still become a sandbox, or not: so wait until that is known. */
async function outwaitDeadMakers(): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until && listEntries().some(isWithoutMaker)) await sleep(20);
}

/** It is being made, as far as can be seen, and its maker is dead. */
function isWithoutMaker(id: string): boolean {
  try {
    const judged = judge(id);
    return judged?.fate === "starting" && !(judged.intent && isAlive(judged.intent.creator));
  } catch {
    return false;
  }
}

async function removeOne(garbage: Garbage, dryRun: boolean, report: GarbageReport): Promise<void> {
  try {
    if (!dryRun) await garbage.remove();
    report.removed.push(garbage.object);
  } catch (error) {
    report.problems.push(SandstackError.from(error));
  }
}

function findDeadSandboxes(problems: SandstackError[]): Garbage[] {
  return listEntries().flatMap((id) => {
    try {
      const remove = ENDERS[judge(id)?.fate ?? "running"];
      return remove ? [{ object: recordOf(id), remove: () => remove(id) }] : [];
    } catch (error) {
      problems.push(SandstackError.from(error));
      return [];
    }
  });
}

/** By fate. What somebody else began to end may still end in order. */
const ENDERS: Partial<Record<Fate, (id: string) => Promise<void>>> = {
  dead: removeDead,
  overdue: removeDead,
  ending: removeSandbox,
};

/**
 * Finds what bears our marks, and no living record stands for it. A cgroup tells its own deadline, which is waited for.
 * One of another state directory has been judged by that directory's ledger.
 */
async function findStrays(problems: SandstackError[]): Promise<Garbage[]> {
  problems.push(...listSnapshots().unreadable);
  const others = new Set<string | undefined>(otherLedgers().map(({ id }) => id));
  const due = ({ kind, deadline, ledger }: OwnedObject) =>
    kind !== "cgroup" || others.has(ledger) || Date.now() >= (deadline ?? 0) + OVERDUE_MS;
  return (await strays()).filter(due).flatMap((object) => {
    const remove = REMOVERS[object.kind];
    return remove ? [{ object, remove: () => remove(object) }] : [];
  });
}

/** By kind. A process goes with its cgroup, a loop device with its mount. */
const REMOVERS: Partial<Record<OwnedObject["kind"], (object: OwnedObject) => void | Promise<void>>> = {
  cgroup: ({ where }) => removeCgroup(where),
  socket: ({ where }) => rmSync(where, { force: true }),
  record: ({ where, sandbox }) => release(where, sandbox),
  "uid range": ({ where, sandbox }) => release(where, sandbox),
  snapshot: ({ where }) => removeSnapshot(where.slice(where.lastIndexOf("/") + 1, -".json".length)),
  layer: ({ where }) => {
    for (const ref of listRefs(where)) if (isDeadRef(ref)) dropRef(ref.path);
    removeUnused(where);
  },
};

async function findEngineStrays(problems: SandstackError[]): Promise<Garbage[]> {
  return (await engineStrays(isHeld, problems)).filter(({ due }) => due);
}

/** Drops a gone ledger from the index once nothing is left of it: until then the index is needed to judge that. */
function forgetGoneLedgers(): void {
  for (const ledger of otherLedgers()) {
    if (isGone(ledger) && owned().every((object) => object.ledger !== ledger.id)) dropLedger(ledger.id);
  }
}

function findOldRecords(): Garbage[] {
  const kept = new Set(listSnapshots().snapshots.map(({ sandbox }) => sandbox));
  return listEntries().flatMap((id) => {
    const { object, endedAt } = { object: recordOf(id), endedAt: endOf(id) };
    const old = endedAt !== undefined && Date.now() - endedAt > RECORD_KEPT_MS;
    return old && isRunOwner(object.owner) && !kept.has(id) ? [{ object, remove: () => removeEntry(id) }] : [];
  });
}

function endOf(id: string): number | undefined {
  try {
    return readEnded(id)?.endedAt;
  } catch {
    return undefined;
  }
}

function recordOf(id: string): OwnedObject {
  return { kind: "record", where: entryPath(id), ...marksOf(id, Date.now()) };
}
