import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";

/** The facts of a file or directory that count for whether others can change it. */
export type Holder = Pick<Stats, "uid" | "mode"> & { path: string; kind: "directory" | "link" | "other" };

/** Why a place is not to be trusted: the first on the way to it that somebody else can change. */
export interface Distrust {
  path: string;
  /** For people: whose it is, and who may write. */
  why: string;
}

const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;
/** The most links that the kernel follows. */
const MOST_LINKS = 40;

/**
 * Says what is wrong with one step of a path; `undefined` where nobody but the trusted users can change it. In a sticky
 * directory others can make files, but not move those that they don't own.
 * @param last whether it is the place itself, which nobody else may make files in either
 */
export function distrustOf(holder: Holder, trusted: readonly number[], last: boolean): Distrust | undefined {
  const { path, uid, mode, kind } = holder;
  const shown = `mode ${(mode & 0o7777).toString(8).padStart(4, "0")}`;
  if (!trusted.includes(uid)) return { path, why: `belongs to uid ${uid} (${shown})` };
  const isOpen = kind === "directory" && (mode & OTHERS_MAY_WRITE) !== 0 && (last || (mode & STICKY) === 0);
  return isOpen ? { path, why: `can be written by others (uid ${uid}, ${shown})` } : undefined;
}

/** Root, and whoever runs this process. */
export function trustedUsers(): readonly number[] {
  return [0, process.geteuid?.() ?? 0];
}

/** The result of a walk down a path. */
export interface Walk {
  distrust?: Distrust;
  /** It was there to its end, so that a second look would find the same. */
  whole: boolean;
}

/**
 * Looks at each directory and link on the way to a directory, as the kernel would follow it.
 * @param shared whether others may make files in the place itself, if it is sticky
 */
export function walk(place: string, { shared = false }: { shared?: boolean } = {}): Walk {
  const trusted = trustedUsers();
  const rest = place.split("/").filter(Boolean);
  let links = 0;
  for (let at = "/"; ;) {
    const found = look(at);
    if (found === undefined) return { whole: false };
    const isLast = found.kind !== "link" && rest.length === 0;
    const distrust = distrustOf(found, trusted, isLast && !shared);
    if (distrust !== undefined || isLast) return { distrust, whole: true };
    if (found.kind === "link") {
      if (++links > MOST_LINKS) return { whole: false };
      const target = readlinkSync(at);
      rest.unshift(...target.split("/").filter(Boolean));
      at = target.startsWith("/") ? "/" : dirname(at);
    }
    at = step(at, rest);
  }
}

/** One name further; at the end of the names it stays. */
function step(at: string, rest: string[]): string {
  const name = rest.shift();
  if (name === undefined || name === ".") return at;
  return name === ".." ? dirname(at) : join(at, name);
}

/** `undefined` for what is not there, or what this user may not look at: whoever uses it will hear so. */
function look(path: string): Holder | undefined {
  try {
    const stat = lstatSync(path);
    const kind = stat.isDirectory() ? "directory" : stat.isSymbolicLink() ? "link" : "other";
    return { path, uid: stat.uid, mode: stat.mode, kind };
  } catch {
    return undefined;
  }
}
