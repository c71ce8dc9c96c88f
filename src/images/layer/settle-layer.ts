import { chmodSync, lstatSync, lutimesSync, readdirSync, rmdirSync, type Stats } from "node:fs";
import { posix } from "node:path";
import { FIXED_TIME } from "../tree/edit";
import { InsideView, isWhiteout } from "../tree/inside";
import { makeWhiteouts } from "../tree/make-whiteouts";
import type { Upper } from "./take-upper";

/**
 * Makes of what a build wrote a layer that is the same whenever and wherever it was written: the one time on all that
 * is newer, the times that they had on directories that were only written into, and whiteouts just where they hide
 * something. Directories that overlayfs marked as opaque become ordinary ones with whiteouts in them: what a layer
 * shows is then all in its names, for whoever reads it, and a mark that hides nothing is none.
 * @param below roots of the layers below, the topmost first
 */
export async function settleLayer(
  tree: string,
  upper: Upper,
  below: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const settler = new Settler(tree, upper, new InsideView(below));
  const whiteouts = settler.whiteouts();
  await makeWhiteouts(tree, whiteouts, signal);
  settler.settle("/");
}

class Settler {
  constructor(
    private readonly tree: string,
    private readonly upper: Upper,
    private readonly below: InsideView,
  ) {}

  /** Every name that is to be hidden, once. */
  whiteouts(): string[] {
    const wanted = this.upper.whiteouts.filter((path) => this.isDirectory(posix.dirname(path)));
    const found = new Set(wanted.filter((path) => this.below.stat(path) !== undefined));
    for (const path of this.upper.opaque) if (this.isDirectory(path)) this.hideBelow(path, found);
    return [...found].sort();
  }

  /** What lower layers have in a directory, and it has not itself. */
  private hideBelow(path: string, found: Set<string>): void {
    for (const name of this.below.list(path)) {
      const child = posix.join(path, name);
      const own = lstatSync(this.tree + child, { throwIfNoEntry: false });
      if (own === undefined) found.add(child);
      else if (own.isDirectory()) this.hideBelow(child, found);
    }
  }

  private isDirectory(path: string): boolean {
    return lstatSync(this.tree + path, { throwIfNoEntry: false })?.isDirectory() === true;
  }

  /** @returns whether anything of it is left */
  settle(path: string): boolean {
    const real = this.tree + path;
    const stats = lstatSync(real);
    if (!stats.isDirectory()) {
      if (isWhiteout(stats)) chmodSync(real, 0);
      settleTime(real, stats);
      return true;
    }
    const left = readdirSync(real).filter((name) => this.settle(posix.join(path, name)));
    const old = this.below.stat(path);
    if (left.length === 0 && path !== "/" && old && this.isSame(path, stats, old)) {
      rmdirSync(real);
      return false;
    }
    if (old?.isDirectory()) lutimesSync(real, old.atimeMs / 1000, old.mtimeMs / 1000);
    else settleTime(real, stats);
    return true;
  }

  /** Whether a directory says nothing that the lower one does not. */
  private isSame(path: string, stats: Stats, old: Stats): boolean {
    const equal = old.isDirectory() && old.mode === stats.mode && old.uid === stats.uid && old.gid === stats.gid;
    return equal && !this.upper.marked.has(path);
  }
}

/** A time of the build is none that says anything; older ones came with what was unpacked. */
function settleTime(real: string, { mtimeMs }: Stats): void {
  const seconds = Math.min(mtimeMs / 1000, FIXED_TIME);
  lutimesSync(real, seconds, seconds);
}
