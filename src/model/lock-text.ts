import { readRegularFile } from "./read-file";

/** In bytes: a lock has a line for each package of each image. */
const MOST = 64 << 20;

/** A lock file's text. @throws SandstackError CORRUPT for what is no file or too large; an error of node:fs */
export function readLockText(path: string): string {
  return readRegularFile(path, MOST).toString("utf8");
}
