import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from "node:fs";
import { SandstackError } from "./error";
import { formatSize } from "./size";

const CHUNK = 1 << 16;
const { O_NOCTTY, O_NONBLOCK, O_RDONLY } = constants;

/** Why a file is not read, for people: "it is a pipe, and no file". */
class Unreadable extends Error {}

/**
 * The bytes of a file that somebody else may have put there. It is a regular file and no larger than `most`; whatever else
 * has its name, a pipe or a device, is not opened, and nothing is waited for.
 * @throws SandstackError CORRUPT; an error with ENOENT and its kin as of node:fs
 */
export function readRegularFile(path: string, most: number): Buffer {
  try {
    return readBounded(path, most);
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    throw new SandstackError("CORRUPT", `${path}: ${cause.message}.`, { cause });
  }
}

/**
 * Reads as readRegularFile does, for a caller that names the file in words of its own.
 * @throws Error whose message says why, without the path
 */
export function readBounded(path: string, most: number): Buffer {
  // Opening a device may do something already.
  refuseOther(statSync(path), most);
  const file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  try {
    refuseOther(fstatSync(file), most);
    const chunks: Buffer[] = [];
    let size = 0;
    // Files of the kernel's own say that they are empty.
    for (let read = 1; read > 0; size += read) {
      if (size > most) throw tooLarge(most);
      const chunk = Buffer.allocUnsafe(CHUNK);
      read = readSync(file, chunk, 0, CHUNK, null);
      chunks.push(chunk.subarray(0, read));
    }
    return Buffer.concat(chunks, size);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    throw new Unreadable("there is nothing to be read in it yet", { cause: error });
  } finally {
    closeSync(file);
  }
}

function refuseOther(stats: Stats, most: number): void {
  if (stats.isFile() && stats.size > most) throw tooLarge(most);
  if (!stats.isFile()) throw new Unreadable(`it is ${kindOf(stats)}, and no file`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a directory";
  if (stats.isFIFO()) return "a pipe";
  return stats.isSocket() ? "a socket" : "a device";
}

function tooLarge(most: number): Unreadable {
  return new Unreadable(`it is larger than ${formatSize(most)}`);
}
