import { readBounded } from "./read-file";

/** Bytes: far more than a file that people keep under version control, and far less than the memory. */
const MOST = 64 << 20;

/** The text of a file that people write by hand or keep under version control. As readBounded. */
export function readSmallFile(path: string): string {
  return readBounded(path, MOST).toString("utf8");
}
