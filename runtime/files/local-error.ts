import { SandstackError, type ErrorCode } from "../../src/model/error";

const CODES: Record<string, readonly [ErrorCode, string]> = {
  ENOENT: ["NOT_FOUND", "no such file or directory"],
  EACCES: ["PERMISSION_DENIED", "permission denied"],
  EPERM: ["PERMISSION_DENIED", "permission denied"],
  EROFS: ["PERMISSION_DENIED", "the file system is read-only"],
  ENOTDIR: ["NOT_A_DIRECTORY", "not a directory"],
  EEXIST: ["EXISTS", "there already, and no directory,"],
  EISDIR: ["IS_A_DIRECTORY", "is a directory"],
  ENOSPC: ["NO_SPACE", "no space left"],
  EDQUOT: ["NO_SPACE", "no space left in the quota"],
};

/** A failure with a file of this machine, in words; any other error passes through. */
export function localError(error: unknown, path: string): unknown {
  const known = CODES[(error as NodeJS.ErrnoException | undefined)?.code ?? ""];
  if (error instanceof SandstackError || known === undefined) return error;
  return new SandstackError(known[0], `${path}: ${known[1]} on this machine.`, { cause: error });
}
