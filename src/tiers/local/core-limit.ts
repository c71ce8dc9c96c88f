import { readFileSync } from "node:fs";
import type { Missing } from "../../model/tier";
import { ifThere } from "../system/system-error";
import { mayRaise } from "./process-limits";

/** The facts that the kernel tells of this process and of the machine: the texts of /proc. */
export interface CoreFacts {
  limits: string;
  status: string;
  pattern: string;
}

/**
 * Why what a payload crashes with reaches this machine's core handler; `undefined` where it does not. A handler is spared by
 * a bound of one byte (guest/src/shared/core-limit.h), which not everybody may set, and a socket does not look at.
 */
export function openCoreHandler({ limits, status, pattern }: CoreFacts): Missing | undefined {
  const what = "crashes of payloads reach this machine's core handler";
  if (pattern.startsWith("@")) {
    return {
      what,
      why: `core_pattern is the socket ${pattern.trim()}, for which the kernel knows no bound on core files`,
      how: "a handler that is a pipe: kernel.core_pattern = |/path/to/handler",
    };
  }
  const [, hard] = /^Max core file size\s+\S+\s+(\S+)/m.exec(limits) ?? [];
  if (!pattern.startsWith("|") || hard !== "0" || mayRaise(status)) return undefined;
  return {
    what,
    why: "the hard limit on core files is 0 here and may not be raised to 1, and where core_pattern is a pipe 0 bounds nothing",
    how: "ulimit -H -c unlimited before, or LimitCORE=infinity in the unit that starts sandboxes",
  };
}

/** The same of this process on this machine. */
export function openCoreHandlerHere(): Missing | undefined {
  const read = (path: string) => ifThere(() => readFileSync(path, "utf8")) ?? "";
  return openCoreHandler({
    limits: read("/proc/self/limits"),
    status: read("/proc/self/status"),
    pattern: read("/proc/sys/kernel/core_pattern"),
  });
}
