import { readFileSync } from "node:fs";
import type { Missing } from "../../model/tier";

const CAP_SYS_RESOURCE = 24n;
const KIB = 1024;

/** A hard limit that sandboxes have: as /proc/PID/limits names it, as people and `ulimit` do, and its value. */
export interface HardLimit {
  name: string;
  words: string;
  option: string;
  /** `ulimit` counts in so many. */
  unit: number;
  hard: number;
}

function hard(name: string, words: string, option: string, value = Infinity, unit = 1): HardLimit {
  return { name, words, option, unit, hard: value };
}

/** The same as guest/src/shared/process-limits.c, which sets them: those that a maker may have too low. */
export const HARD_LIMITS: readonly HardLimit[] = [
  hard("Max address space", "virtual memory", "v", Infinity, KIB),
  hard("Max cpu time", "CPU time", "t"),
  hard("Max data size", "data segments", "d", Infinity, KIB),
  hard("Max file size", "file sizes", "f", Infinity, KIB),
  hard("Max file locks", "file locks", "x"),
  hard("Max locked memory", "locked memory", "l", 64 * KIB, KIB),
  hard("Max msgqueue size", "message queues", "q", 204_800),
  hard("Max open files", "open files", "n", 16_384),
  hard("Max resident set", "resident memory", "m", Infinity, KIB),
  hard("Max realtime timeout", "real-time CPU time", "R"),
  hard("Max pending signals", "pending signals", "i", 2_048),
  hard("Max stack size", "stacks", "s", Infinity, KIB),
];

/**
 * Which hard limit of a process is below that of sandboxes and may not be raised; `undefined` where none is.
 * @param limits the text of /proc/PID/limits
 * @param status the text of /proc/PID/status
 */
export function tooLow(limits: string, status: string): Missing | undefined {
  if (mayRaise(status)) return undefined;
  const low = HARD_LIMITS.find((limit) => hardOf(limits, limit) < limit.hard);
  if (low === undefined) return undefined;
  const [is, ours] = [hardOf(limits, low), low.hard].map((value) => shown(value, low.unit)) as [string, string];
  return {
    what: `${ours === "unlimited" ? "no hard limit" : `a hard limit of ${ours}`} on ${low.words}`,
    why: `it is ${is} here (ulimit -H -${low.option}), and only CAP_SYS_RESOURCE may raise it`,
    how: `ulimit -H -${low.option} ${ours} where it was lowered, or CAP_SYS_RESOURCE for whoever makes sandboxes`,
  };
}

/** The same of this process. */
export function tooLowHere(): Missing | undefined {
  return tooLow(readFileSync("/proc/self/limits", "utf8"), readFileSync("/proc/self/status", "utf8"));
}

function hardOf(limits: string, { name }: HardLimit): number {
  const [, value] = new RegExp(`^${name}\\s+\\S+\\s+(\\S+)`, "m").exec(limits) ?? [];
  return value === undefined || value === "unlimited" ? Infinity : Number(value);
}

function shown(value: number, unit: number): string {
  return value === Infinity ? "unlimited" : String(Math.floor(value / unit));
}

/** Whether a process, by the text of its /proc/PID/status, may raise hard limits. */
export function mayRaise(status: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> CAP_SYS_RESOURCE) & 1n) === 1n;
}
