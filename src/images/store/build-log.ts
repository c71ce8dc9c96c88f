import { copyFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { SandstackError } from "../../model/error";
import { storePath } from "./layout";

/** Logs of failed builds that are kept; those of layers are with them. */
const KEPT = 20;

/**
 * Keeps the log of a build that failed, and gives the error with where it is.
 * @param key of what was made; the next failure of the same takes the place
 */
export function withBuildLog(error: unknown, log: string, key: string): unknown {
  const isFailure = error instanceof SandstackError && ["BUILD_FAILED", "TIMEOUT", "NO_SPACE"].includes(error.code);
  if (!isFailure || !hasContent(log)) return error;
  const path = storePath("logs", `${key.slice(0, 16)}.log`);
  try {
    copyFileSync(log, path);
    dropOld();
  } catch {
    // On a full disk the error itself is what counts.
    return error;
  }
  const { code, message, cause, hint } = error;
  return new SandstackError(code, message, {
    cause,
    hint: [hint, `The whole output is in ${path}.`].filter(Boolean).join(" "),
  });
}

function hasContent(log: string): boolean {
  return (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function dropOld(): void {
  const logs = readdirSync(storePath("logs")).map((name) => storePath("logs", name));
  const byAge = logs.map((path) => ({ path, at: statSync(path).mtimeMs })).sort((a, b) => b.at - a.at);
  for (const { path } of byAge.slice(KEPT)) rmSync(path, { force: true });
}
