import { invalidOption } from "../../model/error";

/** One `--file here:/inside`. */
export interface FileOption {
  /** A file or directory on this machine. */
  from: string;
  /** Absolute, as the sandbox sees it. */
  to: string;
}

/**
 * `here:/inside`, split at the last colon before a slash, so that `here` may hold colons.
 * @throws SandstackError INVALID_OPTION without such a colon, or without a name before it
 */
export function parseFile(value: string): FileOption {
  const colon = value.lastIndexOf(":/");
  if (colon < 1) throw invalidOption("--file", value, "here:/inside, the second an absolute path in the sandbox");
  return { from: value.slice(0, colon), to: value.slice(colon + 1) };
}
