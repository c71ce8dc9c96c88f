import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { SandstackError, type ErrorCode } from "../../model/error";
import { stateDir } from "../../model/state-dir";
import type { Missing } from "../../model/tier";
import { sudoLine } from "../system/not-root";
import { ifThere } from "../system/system-error";
import { cgroupTree } from "./cgroup-tree";
import { findGuestBinary } from "./guest-binary";
import { canMapIds, fileSystemOf, OTHER_PLACE } from "./id-map";
import { tooLowHere } from "./process-limits";

/** One thing that a machine must have; `code` is that of the error where a sandbox is asked for without it. */
export interface Requirement extends Missing {
  code: ErrorCode;
  met(): boolean;
}

/** Idmapped overlay layers and all that came before them: openat2, open_tree, mount_setattr, cgroup.kill. */
const OLDEST_KERNEL = [5, 19] as const;
const CAP_SYS_ADMIN = 21n;

/** Whether a release such as `6.1.0-18-amd64` is at least a version. */
export function isKernelAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, first, second] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}

/** What every local tier needs, the cheapest to look at first: a create looks too. */
export const LOCAL_REQUIREMENTS: readonly Requirement[] = [
  {
    code: "NOT_ROOT",
    what: "root",
    why: "only root can make mounts, cgroups and user ids for a sandbox",
    get how() {
      return sudoLine();
    },
    met: () => process.getuid?.() === 0,
  },
  {
    code: "NOT_ROOT",
    what: "the capability CAP_SYS_ADMIN",
    why: "this root is one without the right to mount, as in a container",
    how: "run on the machine itself, or start the container with --privileged",
    met: () => process.getuid?.() !== 0 || mayMount(readFileSync("/proc/self/status", "utf8")),
  },
  {
    code: "KERNEL_TOO_OLD",
    what: `Linux ${OLDEST_KERNEL.join(".")} or newer`,
    why: `idmapped overlay layers came with it; this is ${release()}`,
    how: "boot a newer kernel: Debian 12 and Ubuntu 22.10 have one; on older ones `sudo apt-get install linux-image-amd64` from backports, or Ubuntu's linux-generic-hwe",
    met: () => isKernelAtLeast(release(), OLDEST_KERNEL),
  },
  {
    code: "MISSING_TOOL",
    what: `the guest binary for linux-${process.arch}`,
    why: "it is the first process of every sandbox",
    how: "make -C guest (needs gcc and make); the package from the registry has it",
    met: () => findGuestBinary() !== undefined,
  },
  {
    code: "KERNEL_TOO_OLD",
    what: "a cgroup version 2 tree",
    why: "sandboxes are frozen and killed through it",
    how: "sudo mkdir -p /sys/fs/cgroup/unified && sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified",
    met: () => cgroupTree().unified !== undefined,
  },
  {
    code: "LIMIT",
    get what() {
      return tooLowHere()?.what ?? "";
    },
    get why() {
      return tooLowHere()?.why ?? "";
    },
    get how() {
      return tooLowHere()?.how ?? "";
    },
    met: () => tooLowHere() === undefined,
  },
];

/** What takes a moment to look at, so that only a preflight does; a create finds out by itself. */
const PROBED: readonly Requirement[] = [
  {
    code: "KERNEL_TOO_OLD",
    what: "cgroup.kill in the cgroup version 2 tree",
    why: "it ends every process of a sandbox at once",
    how: "boot Linux 5.14 or newer",
    met: () => hasCgroupKill(cgroupTree().unified),
  },
  {
    code: "KERNEL_TOO_OLD",
    what: "the overlay file system",
    why: "it keeps an image as it is under what a sandbox writes",
    how: "sudo modprobe overlay",
    met: () => hasOverlay(readFileSync("/proc/filesystems", "utf8")),
  },
  {
    code: "UNSUPPORTED",
    what: "a state directory whose files can be given other user ids",
    get why() {
      return `${stateDir()} is on ${fileSystemOf(stateDir())}, which can't`;
    },
    how: OTHER_PLACE,
    met: () => canMapIds(stateDir()),
  },
];

/** What this machine lacks of what a tier needs. Without root the rest can't be looked at. */
export function missingOf(requirements: readonly Requirement[]): Missing[] {
  const missing: Missing[] = [];
  for (const requirement of [...requirements, ...PROBED]) {
    if (missing.some(({ what }) => what === "root") && PROBED.includes(requirement)) continue;
    if (!requirement.met()) missing.push({ what: requirement.what, why: requirement.why, how: requirement.how });
  }
  return missing;
}

/** @throws SandstackError naming the first thing that the machine lacks */
export function requireAll(requirements: readonly Requirement[]): void {
  const lacking = requirements.find((requirement) => !requirement.met());
  if (lacking === undefined) return;
  throw new SandstackError(lacking.code, `This needs ${lacking.what}: ${lacking.why}.`, { hint: lacking.how });
}

function mayMount(status: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> CAP_SYS_ADMIN) & 1n) === 1n;
}

/** The file is in every cgroup but the root, so one is made to look. */
function hasCgroupKill(unified: string | undefined): boolean {
  if (unified === undefined) return false;
  const probe = join(unified, `sandstack-probe-${process.pid}`);
  try {
    mkdirSync(probe);
  } catch {
    return false;
  }
  try {
    return existsSync(join(probe, "cgroup.kill"));
  } finally {
    rmdirSync(probe);
  }
}

/** Built in, loaded, or there to be loaded when it is first mounted. */
function hasOverlay(filesystems: string): boolean {
  if (/\boverlay$/m.test(filesystems)) return true;
  const modules = ifThere(() => readFileSync(`/lib/modules/${release()}/modules.dep`, "utf8"));
  return modules !== undefined && /\/overlay\.ko/.test(modules);
}
