import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** Bytes: far more than a file that people keep under version control, and far less than the memory. */
const MAX_BYTES = 64 << 20;

/**
 * The text of a file that is read as a whole. What is no file would be waited for, or never end.
 * @throws Error that says why not, with the code of the system's where it said so
 */
export function readSmallFile(path: string, max = MAX_BYTES): string {
  // Opening a pipe waits for somebody to write, but so.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error("it is no file");
    if (stats.size > max) throw new Error(`it has ${stats.size} bytes, and ${max} are the most`);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}
