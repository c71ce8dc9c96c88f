import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { posix } from "node:path";
import { invalidOption } from "../../model/error";

/** As many links as Linux follows in one path. */
const MAX_LINKS = 40;

/**
 * A path as somebody inside a root file system names it: absolute, no `.` or `..`, no slash at its end.
 * @throws SandstackError INVALID_OPTION for a relative or escaping one
 */
export function parseInsidePath(option: string, path: string): string {
  const parts = path.split("/");
  if (!path.startsWith("/") || parts.includes("..") || path.includes("\0")) {
    throw invalidOption(option, path, "an absolute path inside the image, without `..`");
  }
  return posix.normalize(path).replace(/(?<=.)\/$/, "");
}

/**
 * Root file systems on top of each other, as overlayfs shows them, seen without leaving them: a link means what it
 * means to somebody inside.
 */
export class InsideView {
  /** @param roots the topmost first */
  constructor(private readonly roots: readonly string[]) {}

  /** What stands at a path whose parents are no links; `undefined` where nothing does. */
  stat(path: string): Stats | undefined {
    const real = this.find(path);
    return real === undefined ? undefined : lstatSync(real);
  }

  /** Where on this machine what stands at a path is. */
  find(path: string): string | undefined {
    return this.roots.map((root) => root + path).find(isThere);
  }

  /** The path with every link among its parents followed; with `last`, at its end too. What is missing stays as it is. */
  resolve(path: string, { last }: { last: boolean }): string {
    const todo = path.split("/").filter(Boolean);
    let at = "";
    for (let links = 0; todo.length > 0;) {
      const name = todo.shift() as string;
      if (name === ".") continue;
      if (name === "..") {
        at = at.slice(0, Math.max(at.lastIndexOf("/"), 0));
        continue;
      }
      const next = `${at}/${name}`;
      const real = last || todo.length > 0 ? this.find(next) : undefined;
      if (real === undefined || !lstatSync(real).isSymbolicLink()) {
        at = next;
        continue;
      }
      if (++links > MAX_LINKS) throw invalidOption("path", path, "a path without a loop of links");
      const target = readlinkSync(real);
      if (target.startsWith("/")) at = "";
      todo.unshift(...target.split("/").filter(Boolean));
    }
    return at === "" ? "/" : at;
  }
}

function isThere(real: string): boolean {
  try {
    return lstatSync(real, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return false;
    throw error;
  }
}
