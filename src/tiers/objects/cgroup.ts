import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SandstackError } from "../../model/error";
import type { OwnedObject } from "../../model/tier";
import { CGROUP_PARENT, parseLabel } from "../local/cgroup-label";
import { cgroupParents, cgroupTree } from "../local/cgroup-tree";
import { errnoOf, ifThere } from "../system/system-error";

/** How long killed processes may take to go. */
const PATIENCE_MS = 3_000;

/** Cgroups that bear our label, in every hierarchy. */
export function cgroups(): OwnedObject[] {
  return cgroupParents(cgroupTree()).flatMap((parent) =>
    folders(parent).flatMap((where) => {
      const label = parseLabel(where);
      if (!label) return [];
      const { id, owner, createdAt, deadline, ledger } = label;
      return [{ kind: "cgroup" as const, where, owner, sandbox: id, createdAt, deadline, ledger }];
    }),
  );
}

/** The processes in those, each once. */
export function processes(): OwnedObject[] {
  const found = new Map<number, OwnedObject>();
  for (const cgroup of cgroups()) {
    for (const pid of pidsBelow(cgroup.where)) found.set(pid, { ...cgroup, kind: "process", where: String(pid) });
  }
  return [...found.values()];
}

/** A sandbox's cgroups of version 2, which hold all its processes. */
export function cgroupsOf(sandbox: string): string[] {
  const { unified } = cgroupTree();
  return folders(join(unified ?? "", CGROUP_PARENT)).filter((path) => parseLabel(path)?.id === sandbox);
}

/** Whether a sandbox's keeper lives, or what holds the sandbox up for it. */
export function isKept(sandbox: string): boolean {
  const own = cgroupsOf(sandbox);
  // One of another pid namespace is listed as 0, and lives too.
  return own.some((path) => (ifThere(() => readFileSync(join(path, "keeper", "cgroup.procs"), "utf8")) ?? "") !== "");
}

/** Kills what is in a cgroup and removes it. */
export async function removeCgroup(path: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (!tryRemove(path)) {
    if (Date.now() > until) {
      const pids = pidsBelow(path).join(", ");
      throw new SandstackError("INTERNAL", `cgroup ${path} can't be removed: processes ${pids || "none"} are in it.`);
    }
    killAll(path);
    await sleep(5);
  }
  removeIfEmpty(dirname(path));
}

/** Version 2 kills all at once; version 1 only what is listed, and what is frozen there has to be thawed to die. */
function killAll(path: string): void {
  const kill = join(path, "cgroup.kill");
  if (existsSync(kill)) return writeFileSync(kill, "1");
  for (const pid of pidsBelow(path)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if (errnoOf(error) !== "ESRCH") throw error;
    }
  }
  const freezer = join(path, "freezer.state");
  if (existsSync(freezer)) writeFileSync(freezer, "THAWED");
}

function tryRemove(path: string): boolean {
  return folders(path).every(tryRemove) && removeIfEmpty(path);
}

function removeIfEmpty(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return true;
    if (errnoOf(error) === "EBUSY" || errnoOf(error) === "ENOTEMPTY") return false;
    throw error;
  }
}

/** Process 0 is one of another pid namespace: not to be named from here. */
function pidsBelow(path: string): number[] {
  const own = ifThere(() => readFileSync(join(path, "cgroup.procs"), "utf8")) ?? "";
  const pids = own.split("\n").map(Number);
  return [...pids.filter((pid) => pid > 0), ...folders(path).flatMap(pidsBelow)];
}

function folders(path: string): string[] {
  const entries = ifThere(() => readdirSync(path, { withFileTypes: true })) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
}
