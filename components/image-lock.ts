import { SandstackError } from "../src/model/error";
import { LOCK_FILE, parseLock } from "../src/model/lock";
import { readLockText } from "../src/model/lock-text";
import { fromRoot } from "./root-directory";

/** What the lock file beside Pulumi.yaml has of an image. */
export interface ImageLockRef {
  /** The file itself: what it pins is long, and no matter of a stack's state. */
  file: string;
  /** The image's name in it. */
  name: string;
  /** Of the image as it is locked; a change of it replaces. */
  digest: string;
}

/**
 * What is locked of an image; `undefined` where nothing is.
 * @throws SandstackError CORRUPT for a lock file that is none
 */
export function findImageLock(name: string): ImageLockRef | undefined {
  const file = fromRoot(LOCK_FILE);
  const text = read(file);
  const locked = text === undefined ? undefined : parseLock(text);
  return locked && Object.hasOwn(locked, name) ? { file, name, digest: locked[name]!.digest } : undefined;
}

function read(file: string): string | undefined {
  try {
    return readLockText(file);
  } catch (cause) {
    if (cause instanceof SandstackError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SandstackError("CORRUPT", `${LOCK_FILE} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}
