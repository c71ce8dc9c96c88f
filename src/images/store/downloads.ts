import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { FETCHED, storePath } from "./layout";

/** How long a declaration that nobody builds any more keeps what it was made from. */
const KEPT_MS = 30 * 86_400_000;

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
  const needed = pins
    .filter((path) => !isOld(path))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  const downloads = FETCHED.flatMap(list).filter((path) => !needed.includes(path.slice(path.lastIndexOf("/") + 1)));
  return [...pins, ...downloads].filter(isOld).map((path) => ({ path, sizeBytes: statSync(path).size }));
}

export function removeDownloads(files: readonly OldFile[]): void {
  for (const { path } of files) rmSync(path, { force: true });
}

function list(shelf: string): string[] {
  return readdirSync(storePath(shelf)).map((name) => storePath(shelf, name));
}
