import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { OciManifest } from "./layout";

const LOOK_MS = 250;

/** Bytes that an image's manifest says it has; `undefined` for an index of several, and for what is none. */
export function announcedBytes(manifest: Buffer): number | undefined {
  try {
    const { config, layers } = JSON.parse(manifest.toString()) as Partial<OciManifest>;
    return config && layers && [config, ...layers].reduce((sum, { size }) => sum + size, 0);
  } catch {
    return undefined;
  }
}

/**
 * Tells, while `body` runs, which part of an image has come, by what lies in the directory that it comes to: skopeo tells
 * it to terminals alone.
 */
export async function watchGrowth<T>(
  directory: string,
  total: number | undefined,
  onFraction: (fraction: number) => void,
  body: () => Promise<T>,
): Promise<T> {
  if (!total) return body();
  const timer = setInterval(() => onFraction(Math.min(1, bytesIn(directory) / total)), LOOK_MS);
  try {
    return await body();
  } finally {
    clearInterval(timer);
  }
}

/** Of the files below; what is renamed meanwhile is counted the next time. */
function bytesIn(directory: string): number {
  try {
    return readdirSync(directory, { withFileTypes: true }).reduce((sum, entry) => {
      const path = join(directory, entry.name);
      return sum + (entry.isDirectory() ? bytesIn(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0));
    }, 0);
  } catch {
    return 0;
  }
}
