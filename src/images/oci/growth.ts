import { watchGrowth } from "../tool/watch-growth";
import { readManifestOrIndex } from "./manifest";

/**
 * Bytes that an image's manifest says it has; `undefined` for an index of several.
 * @throws SandstackError BAD_ARCHIVE for what is neither
 */
export function announcedBytes(manifest: Buffer): number | undefined {
  const said = readManifestOrIndex(manifest.toString());
  if ("manifests" in said) return undefined;
  const blobs = new Map([said.config, ...said.layers].map(({ digest, size }) => [digest, size]));
  return [...blobs.values()].reduce((sum, size) => sum + size, manifest.length);
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
