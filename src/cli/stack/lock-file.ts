import { randomUUID } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatLock, type Lock, LOCK_FILE, parseLock } from "../../model/lock";
import { readLockText } from "../../model/lock-text";

/** The lock of a project; `undefined` where it has none. @throws SandstackError CORRUPT or VERSION */
export function readLock(folder: string): Lock | undefined {
  try {
    return parseLock(readLockText(join(folder, LOCK_FILE)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes the lock of a project, whole or not at all. One that says the same stays as it is. */
export function writeLock(folder: string, lock: Lock): void {
  const file = join(folder, LOCK_FILE);
  const text = formatLock(lock);
  const before = readLock(folder);
  if (before && formatLock(before) === text) return;
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(draft, text, { flush: true });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
