import { execFileSync } from "node:child_process";
import {
  constants,
  copyFileSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  rmSync,
  statSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { SandstackError } from "../../model/error";
import { parseOwner } from "../../model/file-source";
import { findIds } from "../tree/accounts";
import { FIXED_TIME, type Ownership, settle } from "../tree/edit";
import { InsideView } from "../tree/inside";
import type { FileItem } from "./listing";

/**
 * Puts files into a layer that is to lie on top of others. A layer has no links to follow: a path through a link of the
 * image, such as /bin or /var/run, gets the place that the link leads to, and never one outside.
 */
export class Placement {
  private readonly view: InsideView;
  private readonly times = new Map<string, Stats>();

  /**
   * @param layer an empty directory
   * @param below roots of the image's other layers, topmost first
   */
  constructor(
    private readonly layer: string,
    private readonly below: readonly string[],
  ) {
    this.view = new InsideView([layer, ...below]);
  }

  /**
   * @throws SandstackError INVALID_OPTION where a file meets a directory of the image, or the other way round; and for an
   * owner that the image does not know
   */
  place(item: FileItem): void {
    const path = this.view.resolve(item.inside, { last: item.kind === "directory" });
    const there = this.view.stat(path);
    const isDirectory = item.kind === "directory";
    if (there && there.isDirectory() !== isDirectory) throw clash(item.inside, isDirectory);
    const owner = this.idsOf(item);
    this.makeParents(dirname(path));
    if (isDirectory) this.makeDirectory(path, { mode: item.mode, ...owner });
    else this.put(item, path, owner);
  }

  /** Sets the times of the directories, which change with every file that is put into them. */
  finish(): void {
    for (const [path, stats] of this.times) lutimesSync(this.layer + path, stats.atimeMs / 1000, stats.mtimeMs / 1000);
  }

  private idsOf({ inside, owner = "0" }: FileItem): { uid: number; gid: number } {
    const option = `files[${JSON.stringify(inside)}].owner`;
    const ids = findIds(parseOwner(option, owner), this.view);
    if (ids) return ids;
    throw new SandstackError("INVALID_OPTION", `${option}: the image has no ${JSON.stringify(owner)}.`, {
      hint: "What `run` makes comes later than `files`: give numbers, or let `run` change the owner.",
    });
  }

  private put(item: FileItem, path: string, owner: { uid: number; gid: number }): void {
    const real = this.layer + path;
    rmSync(real, { force: true });
    if (item.kind === "symlink") symlinkSync(item.content, real);
    else if ("text" in item.source) writeFileSync(real, item.source.text);
    else copyFile(item.source.path, real);
    if (item.kind !== "symlink") return settle(real, { mode: item.mode, ...owner });
    lchownSync(real, owner.uid, owner.gid);
    lutimesSync(real, FIXED_TIME, FIXED_TIME);
  }

  private makeParents(path: string): void {
    if (path !== "/") this.makeParents(dirname(path));
    this.makeDirectory(path, { mode: 0o755, uid: 0, gid: 0 });
  }

  /** The topmost directory of a name gives the merged one its owner and mode: so one that the image has keeps them. */
  private makeDirectory(path: string, ownership: Ownership): void {
    const real = this.layer + path;
    const isThere = lstatSync(real, { throwIfNoEntry: false }) !== undefined;
    if (isThere && path !== "/") return;
    const old = new InsideView(this.below).stat(path);
    if (old && !old.isDirectory()) throw clash(path, true);
    if (!isThere) mkdirSync(real);
    settle(real, old ? { mode: old.mode & 0o7777, uid: old.uid, gid: old.gid } : ownership);
    this.times.set(path, old ?? lstatSync(real));
  }
}

/** Node copies holes as zeros. */
function copyFile(from: string, to: string): void {
  const { size, blocks } = statSync(from);
  if (blocks * 512 >= size) copyFileSync(from, to, constants.COPYFILE_FICLONE);
  else execFileSync("cp", ["--reflink=auto", "--dereference", "--", from, to]);
}

function clash(inside: string, isDirectory: boolean): SandstackError {
  const [given, there] = isDirectory ? ["a directory", "something else"] : ["a file", "a directory"];
  return new SandstackError(
    "INVALID_OPTION",
    `files: ${JSON.stringify(inside)} is to be ${given}, but is ${there} in the image.`,
  );
}
