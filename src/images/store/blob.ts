import { renameSync, rmSync } from "node:fs";
import { type HashAlgorithm, hashFile } from "../tool/hash-file";
import { type FETCHED, storePath } from "./layout";

/** A shelf of what was fetched, each file named by the hash of its content, in hex. */
export type Shelf = (typeof FETCHED)[number];

export function blobPath(shelf: Shelf, hash: string): string {
  return storePath(shelf, hash);
}

/** Whether the store has a file, read from end to end. A spoiled one goes. */
export async function hasBlob(shelf: Shelf, hash: string, algorithm: HashAlgorithm = "sha256"): Promise<boolean> {
  const path = blobPath(shelf, hash);
  const found = await hashIfThere(path, algorithm);
  if (found !== undefined && found !== hash) rmSync(path, { force: true });
  return found === hash;
}

/** Takes a file into the store, if it is what it should be. */
export async function keepBlob(
  shelf: Shelf,
  file: string,
  hash: string,
  algorithm: HashAlgorithm = "sha256",
): Promise<boolean> {
  if ((await hashIfThere(file, algorithm)) !== hash) return false;
  renameSync(file, blobPath(shelf, hash));
  return true;
}

async function hashIfThere(file: string, algorithm: HashAlgorithm): Promise<string | undefined> {
  try {
    return await hashFile(file, algorithm);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
