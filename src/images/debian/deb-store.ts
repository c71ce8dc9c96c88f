import { renameSync, rmSync } from "node:fs";
import { storePath } from "../store/layout";
import { hashFile } from "../tool/hash-file";
import type { PinnedDeb } from "./pins";

/** Where the store keeps a package: by the hash of its content. */
export function debPath(sha256: string): string {
  return storePath("debs", sha256);
}

/** Whether the store has a package, read from end to end. A spoiled one goes. */
export async function hasDeb({ sha256 }: PinnedDeb): Promise<boolean> {
  const found = await hashOf(debPath(sha256));
  if (found !== undefined && found !== sha256) rmSync(debPath(sha256), { force: true });
  return found === sha256;
}

/** Takes a file into the store, if it is the package. */
export async function keepDeb(file: string, { sha256 }: PinnedDeb): Promise<boolean> {
  if ((await hashOf(file)) !== sha256) return false;
  renameSync(file, debPath(sha256));
  return true;
}

/** sha256 in hex of a file; `undefined` where there is none. */
async function hashOf(file: string): Promise<string | undefined> {
  try {
    return await hashFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
