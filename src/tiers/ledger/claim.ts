import { lstatSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { errnoOf, fromSystem, ifThere } from "../system/system-error";
import { shelfPath } from "./shelf";

/** Shelves whose files each hold one thing for one sandbox; ranges of user ids stand there only of older versions. */
export type ClaimShelf = "names" | "uids";

/** A thing that one sandbox holds. */
export interface Claim {
  path: string;
  /** The sandbox. */
  id: string;
  createdAt: number;
}

/**
 * Takes what a file stands for, unless somebody has it. A symlink to the sandbox's entry: it appears with its content
 * or not at all, and people can follow it.
 */
export function claim(path: string, id: string): boolean {
  return claimFor(path, join("..", "sandboxes", id));
}

/** Claims as claim does, with what the link is to say: its last part is the sandbox. */
export function claimFor(path: string, target: string): boolean {
  try {
    symlinkSync(target, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** The sandbox that holds it; `undefined` where nobody does, or where something that is not ours has the path. */
export function claimant(path: string): string | undefined {
  const target = readClaim(path);
  return target === undefined ? undefined : basename(target);
}

/** Reads what the link says. */
export function readClaim(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "EINVAL") return undefined;
    throw fromSystem(error, "reading the ledger");
  }
}

/** Gives it back, if it is still this sandbox's. */
export function release(path: string, id: string): void {
  if (claimant(path) === id) rmSync(path, { force: true });
}

export function listClaims(shelf: ClaimShelf): Claim[] {
  return (ifThere(() => readdirSync(shelfPath(shelf))) ?? []).flatMap((name) => {
    const path = shelfPath(shelf, name);
    const id = claimant(path);
    const createdAt = ifThere(() => lstatSync(path).mtimeMs);
    return id === undefined || createdAt === undefined ? [] : [{ path, id, createdAt }];
  });
}
