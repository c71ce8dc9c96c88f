import { availableParallelism } from "node:os";
import type { Fields } from "../src/model/fields";
import { Tag } from "../src/model/protocol";
import type { Connection, Limits, SandboxRecord, TierName } from "../src/model/tier";

/** A sandbox as Sandbox.list tells of it. */
export interface SandboxInfo {
  sandboxId: string;
  name?: string;
  tier: TierName;
  owner: string;
  /** The digest of its image. */
  image: string;
  startedAt: Date;
  /** When it ends by itself. */
  endAt: Date;
  connection: Connection;
}

/** A sandbox as it tells of itself. */
export interface SandboxDetails {
  sandboxId: string;
  tier: TierName;
  state: "running";
  startedAt: Date;
  /** When it ends by itself. */
  endAt: Date;
  /** Who commands run as by default. */
  user: string;
  /** Of those that are there. */
  limits: Limits;
}

/** What a sandbox uses at one moment. */
export interface SandboxMetrics {
  timestamp: Date;
  /** Of one processor, in percent, since the call before on the same object; at the first call since its start. */
  cpuUsedPct: number;
  /** Processors that it may use. */
  cpuCount: number;
  /** Bytes. */
  memUsed: number;
  /** Bytes; absent without a limit. */
  memTotal?: number;
  /** Bytes; absent without a limit. */
  diskUsed?: number;
  diskTotal?: number;
  processes: number;
  /** Absent without a limit. */
  processesLimit?: number;
}

/** CPU time at a moment, in ms each. */
export interface CpuMark {
  at: number;
  used: number;
}

export function infoOf({ id, name, tier, owner, image, createdAt, deadline, connection }: SandboxRecord): SandboxInfo {
  const [startedAt, endAt] = [new Date(createdAt), new Date(deadline)];
  return { sandboxId: id, name, tier, owner, image, startedAt, endAt, connection };
}

export function detailsOf({ id, tier }: Connection, info: Fields): SandboxDetails {
  return {
    sandboxId: id,
    tier,
    state: "running",
    startedAt: new Date(info.number(Tag.STARTED) ?? 0),
    endAt: new Date(info.number(Tag.DEADLINE) ?? 0),
    user: info.text(Tag.USER) ?? "",
    limits: {
      cpus: cpusOf(info),
      memory: limitOf(info, Tag.MEM_LIMIT),
      processes: limitOf(info, Tag.PIDS_LIMIT),
      disk: limitOf(info, Tag.DISK_LIMIT),
    },
  };
}

export function metricsOf(metrics: Fields, since: CpuMark, now: CpuMark): SandboxMetrics {
  return {
    timestamp: new Date(now.at),
    cpuUsedPct: ((now.used - since.used) / Math.max(1, now.at - since.at)) * 100,
    cpuCount: cpusOf(metrics) ?? availableParallelism(),
    memUsed: metrics.number(Tag.MEM_BYTES) ?? 0,
    memTotal: limitOf(metrics, Tag.MEM_LIMIT),
    diskUsed: metrics.number(Tag.DISK_USED),
    diskTotal: limitOf(metrics, Tag.DISK_LIMIT),
    processes: metrics.number(Tag.PIDS) ?? 0,
    processesLimit: limitOf(metrics, Tag.PIDS_LIMIT),
  };
}

/** What the guest gives as 0 is no limit. */
function limitOf(fields: Fields, tag: number): number | undefined {
  return fields.number(tag) || undefined;
}

function cpusOf(fields: Fields): number | undefined {
  const thousandths = limitOf(fields, Tag.CPUS);
  return thousandths === undefined ? undefined : thousandths / 1_000;
}
