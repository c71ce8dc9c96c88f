import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { join, posix } from "node:path";
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
    for (const root of this.roots) {
      const found = look(root, path);
      if (found === "hidden") return undefined;
      if (found !== "missing") return isWhiteout(found) ? undefined : root + path;
    }
    return undefined;
  }

  /** Names of what is in a directory, sorted; none where a path is no directory. */
  list(path: string): string[] {
    const seen = new Map<string, boolean>();
    for (const root of this.roots) {
      const found = look(root, path);
      if (found === "missing") continue;
      if (found === "hidden" || !found.isDirectory()) break;
      for (const name of readdirSync(root + path)) {
        if (!seen.has(name)) seen.set(name, !isWhiteout(lstatSync(join(root, path, name))));
      }
    }
    return [...seen].flatMap(([name, isThere]) => (isThere ? [name] : [])).sort();
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

/** Whether it hides what lower layers have of its name: overlayfs's mark, a character device 0:0. */
export function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0;
}

/**
 * What one layer has at a path. `hidden`: it has something else than a directory among the path's parents, so that
 * lower layers do not count either. Every parent is looked at by itself: a link of the layer could lead anywhere.
 */
function look(root: string, path: string): Stats | "missing" | "hidden" {
  let stats = lstatSync(root);
  let at = root;
  for (const name of path.split("/").filter(Boolean)) {
    if (!stats.isDirectory()) return "hidden";
    at = join(at, name);
    const next = lstatSync(at, { throwIfNoEntry: false });
    if (next === undefined) return "missing";
    stats = next;
  }
  return stats;
}
