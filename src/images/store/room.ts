import { statfsSync } from "node:fs";
import { SandstackError } from "../../model/error";
import { storePath } from "./layout";

/** The room that a build leaves on the store's disk: others on the machine must go on, and removing takes room, too. */
const KEPT_PART = 0.05;
const KEPT_MOST = 2 ** 30;
const KEPT_FILES = 10_000;
/** A fast disk takes a fraction of what is kept in that time. */
const LOOK_MS = 100;

/** The room of a file system, as statfs tells it. */
export interface Room {
  /** Bytes in all, and those that are free. */
  bytes: number;
  freeBytes: number;
  /** Files that it can have in all, 0 where it does not count them; and those that it can still take. */
  files: number;
  freeFiles: number;
}

/** Says in words what there is too little of; `undefined` where there is enough. */
export function shortage({ bytes, freeBytes, files, freeFiles }: Room): string | undefined {
  const keptBytes = Math.floor(Math.min(KEPT_MOST, bytes * KEPT_PART));
  if (freeBytes < keptBytes) return `less than ${keptBytes} bytes of its ${bytes} are free`;
  const keptFiles = Math.floor(Math.min(KEPT_FILES, files * KEPT_PART));
  return freeFiles < keptFiles ? `it has room for less than ${keptFiles} more files` : undefined;
}

/**
 * Runs `body` with a signal that is aborted once the store's disk is nearly full, whatever fills it: an archive that
 * unpacks to more than anybody thought, a package, a command of `run`.
 * @throws SandstackError NO_SPACE
 */
export async function whileRoom<T>(
  given: AbortSignal | undefined,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const full = new AbortController();
  const look = () => {
    const why = shortage(roomOf(storePath()));
    if (why !== undefined) full.abort(noRoom(why));
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  try {
    full.signal.throwIfAborted();
    return await body(given ? AbortSignal.any([given, full.signal]) : full.signal);
  } catch (error) {
    throw full.signal.aborted && !given?.aborted ? full.signal.reason : error;
  } finally {
    clearInterval(timer);
  }
}

function roomOf(path: string): Room {
  const { bsize, blocks, bavail, files, ffree } = statfsSync(path);
  return { bytes: bsize * blocks, freeBytes: bsize * bavail, files, freeFiles: ffree };
}

function noRoom(why: string): SandstackError {
  return new SandstackError("NO_SPACE", `No space left for images in ${storePath()}: ${why}.`, {
    hint: "Free some (sandstack image gc), or set SANDSTACK_STATE_DIR to a directory on a larger disk.",
  });
}
