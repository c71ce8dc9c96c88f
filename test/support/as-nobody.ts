import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** A path that a user without rights gets to. */
export interface Reached {
  path: string;
  directory: boolean;
  /** Left out for a symbolic link. */
  readable?: boolean;
  writable?: boolean;
  /** The effective uid that PLANTED ran with, a set-user-id copy of `id`. */
  "runs as"?: number;
}

export const PLANTED = "planted-setuid";

/**
 * Tries every path below a directory, which are listed as root, as uid 65534 without any capability: whoever may not list
 * a directory could still know a name in it.
 */
export function reachedByNobody(top: string): Reached[] {
  const input = [top, ...below(top)].map((path) => `${path}\0`).join("");
  const said = execFileSync("python3", ["-I", resolve("test/support/as-nobody.py")], { input, maxBuffer: 1 << 28 });
  return said
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Reached);
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...below(path)] : [path];
  });
}
