import { readFileSync } from "node:fs";
import type { ContainerInspectInfo } from "dockerode";
import type { Engine } from "./engine";
import { socketOf } from "./host";

/**
 * The root directory of a container's first process, as root on the engine's own machine sees it; `undefined` for everybody
 * else. A process of that number may be another machine's, so it has to be in the container's cgroup.
 */
export function processRoot(
  { host, remaps }: Engine,
  { Id, State }: Pick<ContainerInspectInfo, "Id" | "State">,
): string | undefined {
  // The root of an engine with users of its own is another one.
  if (process.getuid?.() !== 0 || remaps || socketOf(host) === undefined) return undefined;
  return isOf(State.Pid, Id) ? `/proc/${State.Pid}/root` : undefined;
}

function isOf(pid: number, container: string): boolean {
  try {
    return pid > 0 && readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(container);
  } catch {
    return false;
  }
}
