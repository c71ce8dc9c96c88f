import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ConfigValue } from "../project/stack-file";
import { fromSystem, writeAtomically, type StackPaths } from "./state-files";

/** How an update went, as the CLI keeps it. */
export interface HistoryRecord {
  kind: "update" | "refresh" | "destroy";
  /** Seconds since 1970. */
  startTime: number;
  endTime: number;
  message: string;
  environment: Record<string, string>;
  /** Secrets encrypted. */
  config: Record<string, ConfigValue>;
  result: "succeeded" | "failed";
  /** How many resources each kind of step was taken for. */
  resourceChanges: Record<string, number>;
}

/** Adds an update to the stack's history, and its state to the history and to the backups. */
export function addToHistory(paths: StackPaths, stack: string, record: HistoryRecord): void {
  const now = nanoseconds();
  const { kind, startTime, message, environment, config, result, endTime, resourceChanges } = record;
  const ordered = { kind, startTime, message, environment, config, version: 0, result, endTime, resourceChanges };
  writeAtomically(join(paths.history, `${stack}-${now}.history.json`), JSON.stringify(ordered));
  if (!existsSync(paths.state)) return;
  copyState(paths.state, paths.history, `${stack}-${now}.checkpoint.json`);
  copyState(paths.state, paths.backups, `${stack}.${now}.json`);
}

function copyState(state: string, folder: string, name: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    copyFileSync(state, join(folder, name));
  } catch (error) {
    throw fromSystem(error, join(folder, name));
  }
}

let last = 0n;

/** Nanoseconds since 1970; each call's are later than the one's before. */
export function nanoseconds(): string {
  const now = BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n);
  last = now > last ? now : last + 1n;
  return String(last);
}

/** How many steps of each kind. */
export function countChanges(steps: readonly { op: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op } of steps) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}
