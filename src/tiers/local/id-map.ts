import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { SandstackError } from "../../model/error";
import { stateDir } from "../../model/state-dir";
import { findGuestBinary } from "./guest-binary";

/** The cure where the state directory is on a file system that can't. */
export const OTHER_PLACE =
  "set SANDSTACK_STATE_DIR to a directory on ext4, xfs, btrfs or tmpfs; in a container that is a volume, such as --volume sandstack:/var/lib/sandstack";

/** Tries whether files at a path, or where it would be made, can be shown with other user ids. What can't be tried is no hindrance. */
export function canMapIds(path: string): boolean {
  const binary = findGuestBinary();
  if (binary === undefined) return true;
  return spawnSync(binary, ["look"], { input: standing(path), stdio: ["pipe", "ignore", "ignore"] }).status !== 1;
}

/** The type of the file system that a path is on, or would be, as /proc/mounts names it: `overlay`. */
export function fileSystemOf(path: string, mounts = readFileSync("/proc/mounts", "utf8")): string {
  const place = standing(path);
  const all = mounts.split("\n").map((line) => line.split(" "));
  const above = all.filter(([, point]) => point !== undefined && isBelow(place, point));
  // The last of several at one place is on top.
  const nearest = above.reduce<string[]>(
    (best, one) => ((one[1]?.length ?? 0) >= (best[1]?.length ?? 0) ? one : best),
    [],
  );
  return nearest[2] ?? "a file system";
}

/** The error of a create that has found out. */
export function noIdMap(cause: string): SandstackError {
  const place = stateDir();
  const message = `SANDSTACK_STATE_DIR: ${JSON.stringify(place)} is on ${fileSystemOf(place)}, whose files can't be given other user ids.`;
  const hint = OTHER_PLACE.charAt(0).toUpperCase() + OTHER_PLACE.slice(1);
  return new SandstackError("UNSUPPORTED", message, { cause, hint: `${hint}.` });
}

function isBelow(path: string, point: string): boolean {
  return point === "/" || path === point || path.startsWith(`${point}/`);
}

/** Gives the part of a path that is there, without links. */
function standing(path: string): string {
  return existsSync(path) ? realpathSync(path) : standing(dirname(path));
}
