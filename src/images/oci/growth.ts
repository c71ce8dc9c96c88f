import { watchGrowth } from "../tool/watch-growth";
import type { OciManifest } from "./layout";

/** Bytes that an image's manifest says it has; `undefined` for an index of several, and for what is none. */
export function announcedBytes(manifest: Buffer): number | undefined {
  try {
    const { config, layers } = JSON.parse(manifest.toString()) as Partial<OciManifest>;
    return config && layers && [config, ...layers].reduce((sum, { size }) => sum + size, 0);
  } catch {
    return undefined;
  }
}

/** Tells, while `body` runs, which part of an image has come, by what lies in the directory that it comes to. */
export function watchImage<T>(
  directory: string,
  total: number | undefined,
  onFraction: (fraction: number) => void,
  body: () => Promise<T>,
): Promise<T> {
  if (!total) return body();
  return watchGrowth(directory, (bytes) => onFraction(Math.min(1, bytes / total)), body);
}
