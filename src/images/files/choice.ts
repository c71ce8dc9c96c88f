import { existsSync } from "node:fs";
import { join } from "node:path";
import ignore from "ignore";
import { readRegularFile } from "../../model/read-file";

/** In a directory that is put into an image: what of it stays out, one pattern a line as in a .gitignore. Stays out itself. */
export const IGNORE_FILE = ".sandstackignore";

/** Bytes: far more patterns than anybody writes. */
const MOST = 1 << 20;

/** Whether something is taken of a directory that a declaration names, by its path there; a directory's ends with a slash. */
export type Choice = (path: string) => boolean;

/** @param include patterns of what is taken at all; all where there are none */
export function choiceOf(directory: string, include: readonly string[] | undefined): Choice {
  const file = join(directory, IGNORE_FILE);
  const out = ignore().add(existsSync(file) ? readRegularFile(file, MOST).toString("utf8") : "");
  out.add(`/${IGNORE_FILE}`);
  const taken = include && ignore().add(include);
  // A directory is looked into also where only something below it may match.
  return (path) => !out.ignores(path) && (taken === undefined || path.endsWith("/") || taken.ignores(path));
}
