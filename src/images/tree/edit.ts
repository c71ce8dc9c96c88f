import { chmodSync, chownSync, lutimesSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { InsideView } from "./inside";

/** The one time that everything of our making bears, in seconds: 2020-01-01. (Before 1980 zip archives cannot say.) */
export const FIXED_TIME = 1_577_836_800;

export interface Ownership {
  mode: number;
  uid: number;
  gid: number;
}

const ROOT_FILE: Ownership = { mode: 0o644, uid: 0, gid: 0 };

/** Writes a file inside a root file system, in place of whatever has the name; a link among its parents stays inside. */
export function writeInside(root: string, path: string, content: string, ownership: Ownership = ROOT_FILE): void {
  editInside(root, path, (real) => {
    rmSync(real, { force: true, recursive: true });
    writeFileSync(real, content, { flag: "wx" });
    settle(real, ownership);
  });
}

/** Removes what has a name inside, if anything does. */
export function removeInside(root: string, path: string): void {
  editInside(root, path, (real) => rmSync(real, { recursive: true, force: true }));
}

/** Makes a directory inside where nothing has its name. */
export function makeDirectoryInside(root: string, path: string, ownership: Ownership): void {
  const view = new InsideView([root]);
  if (view.stat(view.resolve(path, { last: true })) !== undefined) return;
  editInside(root, path, (real) => {
    mkdirSync(real);
    settle(real, ownership);
  });
}

/** Owner, mode and time of something just made; a new owner takes mode bits away, so the mode comes second. */
export function settle(real: string, { mode, uid, gid }: Ownership): void {
  chownSync(real, uid, gid);
  chmodSync(real, mode);
  lutimesSync(real, FIXED_TIME, FIXED_TIME);
}

/** Missing parents are made; the time of the one that is changed stays as it was. */
function editInside(root: string, path: string, edit: (real: string) => void): void {
  const inside = new InsideView([root]).resolve(path, { last: false });
  const parent = dirname(inside);
  if (parent !== "/") makeDirectoryInside(root, parent, { mode: 0o755, uid: 0, gid: 0 });
  const { atimeMs, mtimeMs } = statSync(root + parent);
  edit(root + inside);
  lutimesSync(root + parent, atimeMs / 1000, mtimeMs / 1000);
}
