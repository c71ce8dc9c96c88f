import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Whether `made` is missing, or older than a file at or below one of `sources`. */
export function isStale(made, sources) {
  if (!existsSync(made)) return true;
  const at = statSync(made).mtimeMs;
  return sources.some((source) => newest(source) > at);
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
