import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import { FieldWriter } from "../../model/fields";
import type { GuestLink } from "../../model/guest-link";
import { Tag, Verb } from "../../model/protocol";
import type { Limits } from "../../model/tier";
import { readIntent, writeIntent } from "../ledger/entry";
import { isLocal } from "../ledger/intent";
import { errnoOf, fromSystem } from "../system/system-error";

/** Bounds that can be moved while a sandbox lives. */
export type MovableLimits = Omit<Limits, "disk">;

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
 * direction: memory stands on both sides.
 * @param cgroups `controller:directory` each, as the keeper took them
 */
export function limitFiles(cgroups: readonly string[], { cpus, memory, processes }: MovableLimits): LimitFile[] {
  const quota = cpus === undefined ? undefined : Math.round(cpus * CPU_PERIOD);
  const files: [controller: string, limit: keyof MovableLimits, name: string, value: string][] = [
    ["pids", "processes", "pids.max", String(processes ?? "max")],
    ["memory", "memory", "memory.limit_in_bytes", String(memory ?? -1)],
    ["memory", "memory", "memory.memsw.limit_in_bytes", String(memory ?? -1)],
    ["memory", "memory", "memory.limit_in_bytes", String(memory ?? -1)],
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
 * Moves the bounds of a living sandbox: of its cgroups, of what its guest tells and sets, and of its record.
 * @throws SandstackError LIMIT where it uses more memory than that now (version 2 of cgroups ends processes instead),
 * UNSUPPORTED for a bound that this machine's cgroups don't have; nothing is written down then
 */
export async function changeLimits(link: GuestLink, id: string, limits: MovableLimits): Promise<void> {
  const intent = readIntent(id);
  if (intent === undefined) throw new SandstackError("NO_SUCH_SANDBOX", `There is no sandbox ${id} on this machine.`);
  if (!isLocal(intent)) throw new SandstackError("UNSUPPORTED", `limits: of tier ${intent.tier} can't be changed.`);
  const files = limitFiles(intent.claims.cgroups, limits).filter(({ path }) => existsSync(path));
  refuseUnbounded(limits, files);
  files.forEach((file, index) => writeLimit(file, files.slice(index + 1)));
  const { cpus = 0, memory = 0, processes = 0 } = limits;
  const fields = new FieldWriter()
    .number(Tag.MEM_LIMIT, memory)
    .number(Tag.PIDS_LIMIT, processes)
    .number(Tag.CPUS, Math.round(cpus * 1000));
  await link.request(Verb.SET_LIMITS, fields);
  writeIntent({ ...intent, spec: { ...intent.spec, limits: { ...limits, disk: intent.spec.limits.disk } } });
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
