import { SandstackError } from "../../model/error";
import { notRoot } from "./not-root";

/** The code of a failed system call, e.g. `ENOENT`; `undefined` for any other error. */
export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** A failed system call in the user's terms; what already is a SandstackError passes through. */
export function fromSystem(error: unknown, doing: string): SandstackError {
  if (error instanceof SandstackError) return error;
  if (errnoOf(error) === "ENOSPC" || errnoOf(error) === "EDQUOT") {
    return new SandstackError("NO_SPACE", `No space left on the disk while ${doing}.`, {
      cause: error,
      hint: "Free some, or set SANDSTACK_STATE_DIR to a directory on another disk; `sandstack gc` removes what is overdue.",
    });
  }
  return isForbidden(error) ? notRoot(`it was refused while ${doing}`, error) : SandstackError.from(error);
}

function isForbidden(error: unknown): boolean {
  return (errnoOf(error) === "EACCES" || errnoOf(error) === "EPERM") && process.getuid?.() !== 0;
}

/**
 * Runs `read`; `undefined` where the file or directory is not there.
 * @throws SandstackError NOT_ROOT where only root may look
 */
export function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw isForbidden(error) ? fromSystem(error, "reading the ledger") : error;
  }
}
