import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { quietly } from "./quietly";

/** One process as /proc tells it. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  state: string;
  startTime: string;
  command: string;
  /** Its cgroup in every hierarchy, one line each. */
  cgroups: string;
  /** Inode text of its network namespace, e.g. `net:[4026531840]`; empty for a zombie. */
  network: string;
}

const KERNEL_THREAD = 0x00200000;
/** Of this pid namespace. */
const INIT = 1;

/** Every process of this pid namespace but kernel threads. Zombies are processes. */
export function listProcesses(): Map<number, ProcessFacts> {
  const found = new Map<number, ProcessFacts>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const facts = quietly(() => readProcess(Number(name)));
    if (facts) found.set(facts.pid, facts);
  }
  return found;
}

function readProcess(pid: number): ProcessFacts | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name stands in parentheses and may hold any byte, so count from the last one.
  const rest = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if ((Number(rest[6]) & KERNEL_THREAD) !== 0) return undefined;
  const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  return {
    pid,
    parent: Number(rest[1]),
    state: rest[0] as string,
    startTime: rest[19] as string,
    command: argv || stat.slice(stat.indexOf("("), stat.lastIndexOf(")") + 1),
    cgroups: quietly(() => readFileSync(`/proc/${pid}/cgroup`, "utf8")) ?? "",
    network: quietly(() => readlinkSync(`/proc/${pid}/ns/net`)) ?? "",
  };
}

/** The chain of parents of a process, nearest first, up to init. */
export function ancestors(all: ReadonlyMap<number, ProcessFacts>, pid: number): number[] {
  const chain: number[] = [];
  for (let at = all.get(pid)?.parent; at !== undefined && at !== 0 && !chain.includes(at); at = all.get(at)?.parent) {
    chain.push(at);
  }
  return chain;
}

/**
 * The processes that appeared between two photographs and that somebody ran away from: children of this process, and
 * orphans that init or another of our ancestors took over. Everything else that is new belongs to a program that was
 * there before (somebody's shell, a service), or to a unit of its own.
 */
export function newProcesses(
  before: ReadonlyMap<number, ProcessFacts>,
  after: ReadonlyMap<number, ProcessFacts>,
  self = process.pid,
): ProcessFacts[] {
  // Who was put into this pid namespace from outside (docker exec) does not stem from its init, which is heir all the same.
  const line = [...ancestors(after, self), INIT];
  const isNew = (p: ProcessFacts) => before.get(p.pid)?.startTime !== p.startTime;
  return [...after.values()].filter((p) => {
    if (!isNew(p) || p.pid === self || isStarter(p, self)) return false;
    // A parent may have gone while the others were looked at.
    const heir = ancestors(after, p.pid).find((pid) => after.has(pid) && !isNew(after.get(pid) as ProcessFacts));
    if (heir === self) return true;
    // The test runner's own children are its next workers; further up, orphans arrive.
    return heir !== undefined && heir !== line[0] && line.includes(heir) && !elsewhere(p, after.get(self));
  });
}

/** What starts this process's sandboxes stays a little for the next one, and ends by itself (test/tiers/starter.test.ts). */
function isStarter(p: ProcessFacts, self: number): boolean {
  return p.parent === self && p.state !== "Z" && /\/sandstack-guest starter$/.test(p.command);
}

/** Whether a process lives in another unit of the machine (a cgroup that is neither ours nor a sandbox's). */
function elsewhere(p: ProcessFacts, self: ProcessFacts | undefined): boolean {
  return p.state !== "Z" && p.cgroups !== self?.cgroups && !p.cgroups.includes("/sandstack/");
}
