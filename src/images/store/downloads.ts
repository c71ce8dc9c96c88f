import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { FETCHED, storePath } from "./layout";

/** How long a declaration that nobody builds any more keeps what it was made from. */
const KEPT_MS = 30 * 86_400_000;

/** Bytes; registries take none that is longer. */
const MAX_MANIFEST = 4 << 20;

export interface OldFile {
  path: string;
  sizeBytes: number;
}

/**
 * Downloads that no declaration needs which was built in the last 30 days, and that were not fetched or used in that
 * time either; and what was remembered of such declarations.
 */
export function oldDownloads(now: number): OldFile[] {
  const isOld = (path: string) => now - statSync(path).mtimeMs > KEPT_MS;
  const pins = list("pins");
  const needed = read(pins.filter((path) => !isOld(path)));
  const isNamed = (path: string, text: string) => text.includes(path.slice(path.lastIndexOf("/") + 1));
  // Pins of an OCI image name its manifest, and that the rest.
  const manifests = list("blobs").filter((path) => isNamed(path, needed) && statSync(path).size < MAX_MANIFEST);
  const all = `${needed}\n${read(manifests)}`;
  const downloads = FETCHED.flatMap(list).filter((path) => !isNamed(path, all));
  return [...pins, ...downloads].filter(isOld).map((path) => ({ path, sizeBytes: statSync(path).size }));
}

export function removeDownloads(files: readonly OldFile[]): void {
  for (const { path } of files) rmSync(path, { force: true });
}

function read(files: readonly string[]): string {
  return files.map((path) => readFileSync(path, "latin1")).join("\n");
}

function list(shelf: string): string[] {
  return readdirSync(storePath(shelf)).map((name) => storePath(shelf, name));
}
