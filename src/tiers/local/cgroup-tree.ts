import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CGROUP_PARENT, formatLabel, type CgroupLabel } from "./cgroup-label";

/** Controllers that bound or measure a sandbox. */
const CONTROLLERS = ["pids", "memory", "cpu"] as const;
/** Those that programs look for beside them: a JVM believes no limit of version 1 where one of these is missing. */
const LOOKED_FOR = ["cpuacct", "cpuset"] as const;
const KNOWN = [...CONTROLLERS, ...LOOKED_FOR];
type Controller = (typeof KNOWN)[number];

/** Where this machine's cgroup hierarchies are mounted. */
export interface CgroupTree {
  /** Version 2; on a hybrid machine it has no controller of ours, but it freezes and kills. */
  unified: string | undefined;
  /** Version 1, by controller; those that version 2 has are not here. */
  v1: Readonly<Partial<Record<Controller, string>>>;
}

/** The hierarchies in the text of a /proc/mounts. Of several mounts of one, the first counts. */
export function parseCgroupMounts(mounts: string): CgroupTree {
  let unified: string | undefined;
  const v1: Partial<Record<Controller, string>> = {};
  for (const line of mounts.split("\n")) {
    const [, point, type, options] = line.split(" ");
    if (point === undefined) continue;
    if (type === "cgroup2") unified ??= point;
    if (type !== "cgroup") continue;
    for (const option of options?.split(",") ?? []) {
      const controller = KNOWN.find((known) => known === option);
      if (controller) v1[controller] ??= point;
    }
  }
  return { unified, v1 };
}

let detected: CgroupTree | undefined;

/** This machine's hierarchies, looked at once per process. */
export function cgroupTree(): CgroupTree {
  detected ??= parseCgroupMounts(readFileSync("/proc/self/mounts", "utf8"));
  return detected;
}

/** Every folder that may hold cgroups of ours, each hierarchy once. */
export function cgroupParents(tree: CgroupTree): string[] {
  const mounts = [tree.unified, ...Object.values(tree.v1)].filter((mount) => mount !== undefined);
  return [...new Set(mounts)].map((mount) => join(mount, CGROUP_PARENT));
}

/**
 * The cgroups of one sandbox as the keeper takes them: `controller:directory`, the unified one first, each hierarchy once.
 * Takes every controller, also one whose limit is not asked for: it may be later.
 * @param seen programs inside can see them
 */
export function cgroupsFor(tree: CgroupTree, label: CgroupLabel, seen = false): string[] {
  const place = (mount: string) => join(mount, CGROUP_PARENT, formatLabel(label));
  const taken = new Set<string | undefined>([undefined]);
  const v1 = (seen ? KNOWN : CONTROLLERS).flatMap((controller) => {
    const mount = tree.v1[controller];
    if (taken.has(mount)) return [];
    taken.add(mount);
    return [`${controller}:${place(mount as string)}`];
  });
  return tree.unified === undefined ? v1 : [`unified:${place(tree.unified)}`, ...v1];
}
