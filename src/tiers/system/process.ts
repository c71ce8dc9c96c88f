import { readFileSync } from "node:fs";

/** A process as itself: a pid alone is used again. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  startTime: string;
}

/** What /proc/PID/stat says of a process. */
export interface ProcessStat {
  /** One letter: R, S, D, T (stopped), Z (zombie), … */
  state: string;
  startTime: string;
}

/** The fields that matter of a line of /proc/PID/stat; the command in parentheses may hold any byte. */
export function parseStat(line: string): ProcessStat {
  const rest = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return { state: rest[0] ?? "", startTime: rest[19] ?? "" };
}

/** `pid starttime`, as the ledger holds it; `undefined` for anything else. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const match = /^(\d+) (\d+)\s*$/.exec(text);
  return match ? { pid: Number(match[1]), startTime: match[2] as string } : undefined;
}

export function formatIdentity({ pid, startTime }: ProcessIdentity): string {
  return `${pid} ${startTime}`;
}

function readStat(pid: number | "self"): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

let own: ProcessIdentity | undefined;

/** This process. */
export function ownIdentity(): ProcessIdentity {
  own ??= { pid: process.pid, startTime: readStat("self")?.startTime ?? "0" };
  return own;
}

/** The state letter of a process that still runs; `undefined` when it is gone, a zombie, or another one with its pid. */
export function stateOf({ pid, startTime }: ProcessIdentity): string | undefined {
  const stat = readStat(pid);
  const living = stat !== undefined && stat.startTime === startTime && stat.state !== "Z" && stat.state !== "X";
  return living ? stat.state : undefined;
}

export function isAlive(identity: ProcessIdentity): boolean {
  return stateOf(identity) !== undefined;
}

/** Sends a signal to just this process; to one that is gone, nothing. */
export function signal(identity: ProcessIdentity, name: "SIGTERM" | "SIGKILL"): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
