import { chmodSync, mkdirSync, statSync } from "node:fs";

/**
 * Makes a folder with just this mode, and closes one that is there and open to more.
 * @returns whether it was there, and open to more than its mode says
 */
export function makeFolder(path: string, mode: number): boolean {
  const made = mkdirSync(path, { recursive: true, mode });
  const open = (statSync(path).mode & 0o777 & ~mode) !== 0;
  // The mode of mkdir is less the umask's.
  if (made !== undefined || open) chmodSync(path, mode);
  return made === undefined && open;
}
