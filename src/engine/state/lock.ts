import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import { shaped } from "../../model/foreign-json";
import { readRegularFile } from "../../model/read-file";
import { namesIn, writeAtomically } from "./state-files";

/** What a lock file says, as the CLI writes it. */
export interface LockContent {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/** What is known of the process that a lock names; `undefined` where it is gone. */
export type ProcessStart = (pid: number) => { startedAt: number } | undefined;

/**
 * Was the lock's owner on this machine, and is it gone? A process that started after the lock is another one with the
 * same number.
 */
export function isStale(lock: LockContent, here: string, startOf: ProcessStart): boolean {
  if (lock.hostname !== here) return false;
  const process = startOf(lock.pid);
  return process === undefined || process.startedAt > Date.parse(lock.timestamp) + 2_000;
}

const MOST_LOCK = 64 << 10;

export interface Lock {
  release(): void;
  /** Whose locks were taken away because they were dead. */
  broken: LockContent[];
}

/**
 * Locks a stack: look, write, look again.
 * @throws SandstackError LOCKED, naming who has it
 */
export function lockStack(folder: string): Lock {
  const name = `${randomUUID()}.json`;
  const broken = refuseOthers(folder, name);
  const content: LockContent = {
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
  };
  writeAtomically(join(folder, name), JSON.stringify(content));
  const release = () => {
    rmSync(join(folder, name), { force: true });
    try {
      rmdirSync(folder);
    } catch {
      // somebody else's lock is in it
    }
  };
  try {
    refuseOthers(folder, name);
  } catch (error) {
    release();
    throw error;
  }
  return { release, broken };
}

function refuseOthers(folder: string, own: string): LockContent[] {
  const names = existsSync(folder) ? namesIn(folder).filter((name) => name.endsWith(".json") && name !== own) : [];
  const broken: LockContent[] = [];
  for (const name of names) {
    const lock = readLock(join(folder, name));
    if (lock === undefined) continue;
    if (!isStale(lock, hostname(), processStart)) throw locked(join(folder, name), lock);
    rmSync(join(folder, name), { force: true });
    broken.push(lock);
  }
  return broken;
}

function readLock(path: string): LockContent | undefined {
  try {
    return shaped(path, () => contentOf(readRegularFile(path, MOST_LOCK)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SandstackError("LOCKED", `${path}: the stack is locked by a file that cannot be read.`, {
      cause: error,
      hint: "Make sure that no other engine runs on this stack, and remove the file.",
    });
  }
}

function contentOf(bytes: Buffer): LockContent {
  const { pid, username, hostname: host, timestamp } = JSON.parse(bytes.toString("utf8")) as LockContent;
  return { pid: Number(pid), username: String(username), hostname: String(host), timestamp: String(timestamp) };
}

function locked(path: string, { username, hostname: host, pid, timestamp }: LockContent): SandstackError {
  return new SandstackError("LOCKED", `The stack is locked by ${username}@${host} (pid ${pid}) since ${timestamp}.`, {
    hint: `Wait for it to end. If it is gone for good, remove ${path}.`,
  });
}

/** From /proc, where there is one; elsewhere a process counts as the one that took the lock. */
function processStart(pid: number): { startedAt: number } | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z") return undefined;
    const bootTime = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    // The kernel counts in ticks of 10 ms to user space, on every architecture.
    return { startedAt: bootTime * 1_000 + Number(fields[19]) * 10 };
  } catch {
    return { startedAt: 0 };
  }
}
