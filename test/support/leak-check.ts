import { afterEach, beforeEach } from "vitest";
import { listFiles } from "./leaks/files";
import * as kernel from "./leaks/kernel-objects";
import { listProcesses, newProcesses, type ProcessFacts } from "./leaks/processes";

/** What stands on this machine at one moment. */
export interface Photograph {
  processes: ReadonlyMap<number, ProcessFacts>;
  /** Everything else that can be left, by kind. */
  things: Readonly<Record<string, ReadonlySet<string>>>;
}

/** How long what is new may take to go, in ms: an end is told before the kernel has torn down its last namespace. */
const PATIENCE_MS = 5_000;

export function photograph(): Photograph {
  const list = {
    mount: kernel.listMounts(),
    "loop device": kernel.listLoopDevices(),
    cgroup: kernel.listCgroups(),
    "unix socket": kernel.listUnixSockets(),
    ipc: kernel.listIpc(),
    "network link": kernel.listNetworkLinks(),
    "nft rule": kernel.listNftRules(),
    file: listFiles(),
  };
  const things = Object.fromEntries(Object.entries(list).map(([kind, found]) => [kind, new Set(found)]));
  return { processes: listProcesses(), things };
}

/** What is new in the second photograph, one line each, its kind first. */
export function findLeaks(before: Photograph, after: Photograph): string[] {
  const processes = newProcesses(before.processes, after.processes);
  const networks = new Set([...before.processes.values()].map((p) => p.network));
  const leaks = processes.flatMap((p) => {
    const process = `${p.state === "Z" ? "zombie" : "process"}: ${p.pid} (parent ${p.parent}) ${p.command}`;
    return networks.has(p.network) || p.network === "" ? [process] : [process, `network namespace: ${p.network}`];
  });
  for (const [kind, found] of Object.entries(after.things)) {
    for (const thing of found) if (!before.things[kind]?.has(thing)) leaks.push(`${kind}: ${thing}`);
  }
  return [...new Set(leaks)];
}

/** Waits until nothing is new since `before`, and throws with the list of what stays. */
export async function expectNoLeaks(before: Photograph, patienceMs = PATIENCE_MS): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const leaks = findLeaks(before, photograph());
    if (leaks.length === 0) return;
    if (Date.now() > until) throw new Error(`left on this machine:\n  ${leaks.join("\n  ")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs `body`, then throws if it left anything on this machine. */
export async function withLeakCheck<T>(body: () => T | Promise<T>, patienceMs?: number): Promise<T> {
  const before = photograph();
  const result = await body();
  await expectNoLeaks(before, patienceMs);
  return result;
}

/** Called at the top of a `describe` or file: every test in it must leave nothing. */
export function leakCheckEachTest(): void {
  let before: Photograph;
  beforeEach(() => {
    before = photograph();
  });
  afterEach(() => expectNoLeaks(before));
}
