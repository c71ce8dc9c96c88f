import { createHash, randomInt, randomUUID } from "node:crypto";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const SANDBOX = /^sbx-[a-z0-9]{12}$/;
const LEDGER = /^led-[a-z0-9]{12}$/;
const SNAPSHOT = /^snap-[a-z0-9]{12}$/;

/** A new sandbox's id: `sbx-` and 12 random characters (62 bits), never used twice. */
export function newSandboxId(): string {
  return `sbx-${twelve()}`;
}

/** A new snapshot's id: `snap-` and 12 random characters. */
export function newSnapshotId(): string {
  return `snap-${twelve()}`;
}

/** An owner for sandboxes that no stack declares: `run:` and a UUID. */
export function newRunOwner(): string {
  return `run:${randomUUID()}`;
}

/** An owner for all that one host declaration makes: `own-` and 12 random characters. */
export function newOwner(): string {
  return `own-${twelve()}`;
}

/** An id for a state directory's ledger: `led-` and 12 random characters. */
export function newLedgerId(): string {
  return `led-${twelve()}`;
}

/** A snapshot's id that follows from what is captured, so that the same capture asked for twice is one. */
export function snapshotIdFor(...parts: readonly unknown[]): string {
  const bytes = createHash("sha256").update(JSON.stringify(parts)).digest().subarray(0, 12);
  return `snap-${Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join("")}`;
}

export function isLedgerId(text: string): boolean {
  return LEDGER.test(text);
}

export function isSandboxId(text: string): boolean {
  return SANDBOX.test(text);
}

export function isSnapshotId(text: string): boolean {
  return SNAPSHOT.test(text);
}

/** Whether an owner is of no stack: what is left of its sandboxes goes by itself, not with a `destroy`. */
export function isRunOwner(owner: string): boolean {
  return owner.startsWith("run:");
}

function twelve(): string {
  return Array.from({ length: 12 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}
