import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { SandstackError } from "../../model/error";
import { isSandboxId } from "../../model/id";
import type { EndedRecord } from "../../model/tier";
import { parseIdentity, type ProcessIdentity } from "../system/process";
import { ifThere } from "../system/system-error";
import { parseIntent, type Intent } from "./intent";
import { ensureShelves, shelfPath } from "./shelf";

/** A sandbox's folder in the ledger. It is made first and removed last. */
export function entryPath(id: string, ...parts: string[]): string {
  return shelfPath("sandboxes", id, ...parts);
}

/** Makes the folder of a new sandbox. */
export function openEntry(id: string): void {
  ensureShelves();
  mkdirSync(entryPath(id));
}

/** Atomic, and not synced: what it speaks of dies with the machine. */
export function writeIntent(intent: Intent): void {
  const path = entryPath(intent.spec.id, "intent.json");
  writeFileSync(`${path}.new`, JSON.stringify(intent));
  renameSync(`${path}.new`, path);
}

/** Forgets a sandbox. */
export function removeEntry(id: string): void {
  rmSync(entryPath(id), { recursive: true, force: true });
}

/** Ids of every entry, also of what is half made or can't be read. */
export function listEntries(): string[] {
  return (ifThere(() => readdirSync(shelfPath("sandboxes"))) ?? []).filter(isSandboxId);
}

export function hasEntry(id: string): boolean {
  return entryAge(id) !== undefined;
}

/** ms since the entry last changed; `undefined` where there is none. */
export function entryAge(id: string): number | undefined {
  const changed = ifThere(() => statSync(entryPath(id)).mtimeMs);
  return changed === undefined ? undefined : Date.now() - changed;
}

/** @throws SandstackError CORRUPT naming the file */
export function readIntent(id: string): Intent | undefined {
  const path = entryPath(id, "intent.json");
  const text = ifThere(() => readFileSync(path, "utf8"));
  return text === undefined ? undefined : parseIntent(text, path);
}

/** The keeper's process, once there is one. */
export function readKeeper(id: string): ProcessIdentity | undefined {
  const text = ifThere(() => readFileSync(entryPath(id, "keeper"), "utf8"));
  return text === undefined ? undefined : parseIdentity(text);
}

/** The deadline of record: the last one set, else the one it was made with. */
export function readDeadline(intent: Intent): number {
  const text = ifThere(() => readFileSync(entryPath(intent.spec.id, "deadline"), "utf8"));
  const moved = Number.parseInt(text ?? "", 10);
  return Number.isNaN(moved) ? intent.spec.deadline : moved;
}

/** Writes down that an engine runs a sandbox's container. */
export function writeContainer(id: string, container: string): void {
  writeFileSync(entryPath(id, "container"), container);
}

/** Writes down that nothing of it is left there. */
export function dropContainer(id: string): void {
  rmSync(entryPath(id, "container"), { force: true });
}

export function hasContainer(id: string): boolean {
  return existsSync(entryPath(id, "container"));
}

/** Writes down a deadline that was moved, of a sandbox without a keeper to do so. */
export function writeDeadline(id: string, deadline: number): void {
  ifThere(() => writeWhole(entryPath(id, "deadline"), String(deadline)));
}

/** Writes down how a sandbox without a keeper has ended, what its task wrote first. */
export function writeEnded(id: string, ended: EndedRecord, output?: Buffer): void {
  if (output !== undefined) writeWhole(entryPath(id, "output"), output);
  writeWhole(entryPath(id, "ended.json"), JSON.stringify(ended));
}

/** Several may do so at once, with the same content. */
function writeWhole(path: string, content: string | Buffer): void {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}

/** Writes down that a sandbox is to end, before anything is done to it. */
export function markEnding(id: string): void {
  ifThere(() => writeFileSync(entryPath(id, "ending"), ""));
}

export function isEnding(id: string): boolean {
  return existsSync(entryPath(id, "ending"));
}

/**
 * How a sandbox ended; `undefined` while it has not.
 * @throws SandstackError CORRUPT naming the file
 */
export function readEnded(id: string): EndedRecord | undefined {
  const path = entryPath(id, "ended.json");
  const text = ifThere(() => readFileSync(path, "utf8"));
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as EndedRecord;
  } catch (cause) {
    throw new SandstackError("CORRUPT", `${path}: not JSON.`, { cause });
  }
}
