import { chmodSync, rmSync, utimesSync } from "node:fs";
import { isStale } from "./newer.mjs";
import { runQuietly } from "./run.mjs";

const STAMP = "dist/.tsbuildinfo";
const SOURCES = ["components", "runtime", "src", "examples", "bench", "tsconfig.json"];

/** Compiles TypeScript to dist/ when a source is newer; `clean` begins from nothing, so that no deleted file's output stays. */
export async function buildTypeScript({ clean = false } = {}) {
  if (clean) rmSync("dist", { recursive: true, force: true });
  if (!isStale(STAMP, SOURCES)) return;
  await runQuietly("compiling TypeScript", process.execPath, [
    "node_modules/typescript/bin/tsc",
    "-p",
    "tsconfig.json",
  ]);
  chmodSync("dist/src/cli/main.js", 0o755);
  const now = new Date();
  // tsc leaves its record alone when nothing but times has changed.
  utimesSync(STAMP, now, now);
}
