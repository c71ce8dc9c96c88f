import type { LimitArgs } from "../sandbox-instance";
import { HARDENED } from "./container";
import type { HostEngine } from "./engine";

/** What can't be changed of a container beside its declaration's own: another one is another sandbox. */
export function containerGeneration({ host, runtime }: HostEngine, limits: LimitArgs | undefined) {
  return { host, runtime, hasCpus: limits?.cpus !== undefined, hardened: HARDENED };
}
