import { LOCK_FILE, readLockFile } from "../src/model/lock";
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
  const locked = readLockFile(file)?.[name];
  return locked && { file, name, digest: locked.digest };
}
