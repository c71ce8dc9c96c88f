import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import type { MovableLimits } from "../../model/tier";
import type { LocalIntent } from "../ledger/intent";
import { errnoOf, fromSystem } from "../system/system-error";

/** One bound in one file of a cgroup. */
export interface LimitFile {
  limit: keyof MovableLimits;
  path: string;
  value: string;
}

/** Microseconds over which a share of processors is counted. */
const CPU_PERIOD = 100_000;

/**
 * The files that hold the bounds of a payload, whichever version its cgroups are of; those that are not there don't
 * matter. Version 1 keeps memory below memory and swap together, so one of the two must go first, which depends on the
 * direction: memory stands on both sides. It also counts the buffers of sockets apart, under TCP's name.
 * @param cgroups `controller:directory` each, as the keeper took them
 */
export function limitFiles(cgroups: readonly string[], { cpus, memory, processes }: MovableLimits): LimitFile[] {
  const quota = cpus === undefined ? undefined : Math.round(cpus * CPU_PERIOD);
  const files: [controller: string, limit: keyof MovableLimits, name: string, value: string][] = [
    ["pids", "processes", "pids.max", String(processes ?? "max")],
    ["memory", "memory", "memory.limit_in_bytes", String(memory ?? -1)],
    ["memory", "memory", "memory.memsw.limit_in_bytes", String(memory ?? -1)],
    ["memory", "memory", "memory.limit_in_bytes", String(memory ?? -1)],
    ["memory", "memory", "memory.kmem.tcp.limit_in_bytes", String(memory ?? -1)],
    ["cpu", "cpus", "cpu.cfs_quota_us", String(quota ?? -1)],
    ["unified", "processes", "pids.max", String(processes ?? "max")],
    ["unified", "memory", "memory.max", String(memory ?? "max")],
    ["unified", "cpus", "cpu.max", `${quota ?? "max"} ${CPU_PERIOD}`],
  ];
  return files.flatMap(([controller, limit, name, value]) => {
    const cgroup = cgroups.find((one) => one.startsWith(`${controller}:`))?.slice(controller.length + 1);
    if (cgroup === undefined) return [];
    return [{ limit, path: join(cgroup, controller === "unified" ? "payload" : "", name), value }];
  });
}

/**
 * Moves the bounds of a living sandbox's cgroups.
 * @throws SandstackError LIMIT where it uses more memory than that now (version 2 of cgroups ends processes instead),
 * UNSUPPORTED for a bound that this machine's cgroups don't have
 */
export function changeCgroups(intent: LocalIntent, limits: MovableLimits): void {
  const files = limitFiles(intent.claims.cgroups, limits).filter(({ path }) => existsSync(path));
  refuseUnbounded(limits, files);
  files.forEach((file, index) => writeLimit(file, files.slice(index + 1)));
}

function refuseUnbounded(limits: MovableLimits, files: readonly LimitFile[]): void {
  const asked = (["cpus", "memory", "processes"] as const).filter((name) => limits[name] !== undefined);
  const lacking = asked.find((name) => !files.some(({ limit }) => limit === name));
  if (lacking === undefined) return;
  throw new SandstackError("UNSUPPORTED", `limits.${lacking}: this machine's cgroups can't bound it.`, {
    hint: "Leave it out, or boot the kernel with that controller.",
  });
}

function writeLimit(file: LimitFile, later: readonly LimitFile[]): void {
  try {
    writeFileSync(file.path, file.value);
  } catch (error) {
    const again = later.some(({ path }) => path === file.path);
    if (errnoOf(error) === "EINVAL" && again) return;
    if (errnoOf(error) !== "EBUSY") throw fromSystem(error, `writing ${file.path}`);
    throw new SandstackError("LIMIT", `limits.${file.limit}: the sandbox uses more than ${file.value} now.`, {
      cause: error,
      hint: "Give it more, or end what uses it.",
    });
  }
}
