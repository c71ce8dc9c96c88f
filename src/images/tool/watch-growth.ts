import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const LOOK_MS = 200;

/**
 * Tells, while `body` runs and at its end, how many bytes have come into a directory: the tools that fetch tell it to
 * terminals alone.
 */
export async function watchGrowth<T>(
  directory: string,
  onBytes: (bytes: number) => void,
  body: () => Promise<T>,
): Promise<T> {
  const look = () => onBytes(bytesIn(directory));
  look();
  const timer = setInterval(look, LOOK_MS);
  try {
    return await body();
  } finally {
    clearInterval(timer);
    look();
  }
}

/** Of the files below; what is renamed meanwhile is counted the next time. */
export function bytesIn(directory: string): number {
  try {
    return readdirSync(directory, { withFileTypes: true }).reduce((sum, entry) => {
      const path = join(directory, entry.name);
      return sum + (entry.isDirectory() ? bytesIn(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0));
    }, 0);
  } catch {
    return 0;
  }
}
