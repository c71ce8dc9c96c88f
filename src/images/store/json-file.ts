import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";

/** What a JSON file says; `undefined` where it is missing or no JSON, such as one cut short by a power failure. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes a JSON file so that a reader finds the whole of it or what was there before. */
export function writeJson(path: string, value: unknown): void {
  const draft = `${path}.${randomUUID()}.tmp`;
  writeFileSync(draft, JSON.stringify(value), { mode: 0o600, flush: true });
  renameSync(draft, path);
}
