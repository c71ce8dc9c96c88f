import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { quietly } from "./quietly";

/** Mounts of this namespace, those that pin a network namespace (nsfs) too. */
export function listMounts(): string[] {
  return lines("/proc/self/mountinfo").map((line) => {
    const [, , device, root, point] = line.split(" ");
    const [type, source] = line.slice(line.indexOf(" - ") + 3).split(" ");
    return `${point} (${type} ${source} ${device}${root})`;
  });
}

/** Loop devices in use, with the file behind each. */
export function listLoopDevices(): string[] {
  return readdirSync("/sys/block")
    .filter((name) => name.startsWith("loop"))
    .flatMap((name) => lines(`/sys/block/${name}/loop/backing_file`).map((file) => `/dev/${name} on ${file}`));
}

/** Directories of every cgroup hierarchy, v1 and v2. */
export function listCgroups(): string[] {
  const roots = lines("/proc/self/mounts")
    .map((line) => line.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .map(([, point]) => point as string);
  return roots.flatMap((root) => listDirectories(root));
}

function listDirectories(root: string): string[] {
  const entries = quietly(() => readdirSync(root, { withFileTypes: true })) ?? [];
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name))
    .flatMap((path) => [path, ...listDirectories(path)]);
}

/** Named unix sockets of this network namespace; abstract names begin with `@`. */
export function listUnixSockets(): string[] {
  return (
    lines("/proc/net/unix")
      .slice(1)
      // The kernel prints a NUL as `@`, and some programs fill an abstract name up with them.
      .map((line) => line.trim().split(/\s+/).slice(7).join(" ").replace(/@+$/, ""))
      .filter((name) => name !== "")
  );
}

/** System V shared memory, semaphores and message queues, and POSIX message queues. */
export function listIpc(): string[] {
  const sysv = ["shm", "sem", "msg"].flatMap((kind) =>
    lines(`/proc/sysvipc/${kind}`)
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .map(([key, id]) => `${kind} key ${key} id ${id}`),
  );
  return [...sysv, ...listMessageQueues()];
}

/**
 * POSIX message queues show only where their file system is mounted. Where it is not, it is for a moment, out of
 * everybody's sight, which takes longer than all else here.
 */
function listMessageQueues(): string[] {
  const place = messageQueuesPlace();
  if (place !== undefined) return readdirSync(place).map((name) => `mqueue /${name}`);
  const { stdout } = spawnSync("unshare", ["-m", "sh", "-c", "mount -t mqueue none /mnt && ls -A /mnt"]);
  return nonEmpty(String(stdout ?? "")).map((name) => `mqueue /${name}`);
}

/** Where message queues are mounted, if they are. */
export function messageQueuesPlace(): string | undefined {
  const mounts = lines("/proc/self/mounts").map((line) => line.split(" "));
  return mounts.find(([, , type]) => type === "mqueue")?.[1];
}

/** Those of this network namespace; /sys shows those of the namespace that mounted it. */
export function listNetworkLinks(): string[] {
  return lines("/proc/self/net/dev")
    .slice(2)
    .map((line) => line.slice(0, line.indexOf(":")).trim());
}

/** Packet filter rules; nothing where the machine has no `nft`. */
export function listNftRules(): string[] {
  const { stdout } = spawnSync("nft", ["--handle", "list", "ruleset"]);
  return nonEmpty(String(stdout ?? "").replaceAll(/counter packets \d+ bytes \d+/g, "counter"));
}

function lines(path: string): string[] {
  return nonEmpty(quietly(() => readFileSync(path, "utf8")) ?? "");
}

function nonEmpty(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
