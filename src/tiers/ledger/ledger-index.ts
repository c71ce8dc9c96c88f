import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isLedgerId } from "../../model/id";
import { stateDir } from "../../model/state-dir";
import { walk } from "../../model/trusted-place";
import { ifThere } from "../system/system-error";
import { ledgerId, readLedgerId, renewLedgerId } from "./ledger-id";
import { ensureMachinePlace, machinePath } from "./machine-place";
import { ensureShelves } from "./shelf";

/** A ledger of this machine, as the index of all of them has it. */
export interface Ledger {
  id: string;
  /** Its state directory. */
  path: string;
  /** When gc first found that directory missing, in ms since 1970. */
  missingSince?: number;
}

/** A state directory on a disk that is not mounted now is missing too: it is given so long. */
const GONE_AFTER_MS = 86_400_000;

/** State directories that this process has registered. */
const registered = new Set<string>();

/**
 * Tells the other state directories of this machine of this one, so that they leave alone what is its own. Once per
 * process, for a create has no time to look each time. Without root nothing is told: there are only containers then.
 */
export function registerLedger(): void {
  const path = stateDir();
  if (registered.has(path) || process.geteuid?.() !== 0) return;
  ensureShelves();
  ensureMachinePlace();
  const known = readEntry(ledgerId());
  if (known === undefined || known.path !== path) enter(path, known);
  registered.add(path);
}

/** After somebody has removed the index. */
export function registerAgain(): void {
  registered.clear();
  registerLedger();
}

function enter(path: string, known: Ledger | undefined): void {
  const isElsewhere = known !== undefined && isStanding(known);
  if (isElsewhere && isSameDirectory(known.path, path)) return;
  // A copy of a state directory has the id of the other: what is the other's is not its own.
  const id = isElsewhere ? renewLedgerId() : ledgerId();
  writeEntry({ id, path });
}

function isSameDirectory(one: string, other: string): boolean {
  const [a, b] = [statSync(one), statSync(other)];
  return a.dev === b.dev && a.ino === b.ino;
}

/** All ledgers of this machine, this one too. */
export function listLedgers(): Ledger[] {
  if (process.geteuid?.() !== 0) return [];
  const ids = (ifThere(() => readdirSync(machinePath("ledgers"))) ?? []).filter(isLedgerId);
  return ids.flatMap((id) => readEntry(id) ?? []);
}

/** Those of other state directories. */
export function otherLedgers(): Ledger[] {
  const own = readLedgerId(stateDir());
  return listLedgers().filter(({ id }) => id !== own);
}

/** Whether a ledger is where the index says. */
export function isStanding({ id, path }: Ledger): boolean {
  return readLedgerId(path) === id;
}

/** Whether nobody but root can change what a ledger says. */
export function isBelievable({ path }: Ledger): boolean {
  return walk(path).distrust === undefined;
}

/** Whether a ledger's directory has been missing at two looks with a day between them. */
export function isGone(ledger: Ledger, now = Date.now()): boolean {
  return !isStanding(ledger) && ledger.missingSince !== undefined && now >= ledger.missingSince + GONE_AFTER_MS;
}

/** Looks at each ledger's directory, and writes down since when it is missing. */
export function noteMissing(now = Date.now()): void {
  for (const { missingSince, ...ledger } of otherLedgers()) {
    const isMissing = !isStanding(ledger);
    if (isMissing && missingSince === undefined) writeEntry({ ...ledger, missingSince: now });
    if (!isMissing && missingSince !== undefined) writeEntry(ledger);
  }
}

/** Forgets a ledger. */
export function dropLedger(id: string): void {
  rmSync(machinePath("ledgers", id), { force: true });
}

function readEntry(id: string): Ledger | undefined {
  const text = ifThere(() => readFileSync(machinePath("ledgers", id), "utf8"));
  try {
    const { path, missingSince } = JSON.parse(text ?? "") as Partial<Ledger>;
    return typeof path === "string" ? { id, path, missingSince } : undefined;
  } catch {
    return undefined;
  }
}

function writeEntry({ id, ...entry }: Ledger): void {
  const path = machinePath("ledgers", id);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(entry), { mode: 0o600 });
  renameSync(draft, path);
}
