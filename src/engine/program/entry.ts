import { existsSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { SandstackError } from "../../model/error";
import { shaped } from "../../model/foreign-json";
import { readRegularFile } from "../../model/read-file";

/** A program's file, and the folder that it runs in. */
export interface Entry {
  file: string;
  folder: string;
}

const INDEX_FILES = ["index.js", "index.mjs", "index.ts", "index.mts"];

/**
 * The file to run, found as the Pulumi CLI finds it: `main` is a file, or a folder. A folder runs what its package
 * exports, or its `main`, or its index file.
 * @throws SandstackError NOT_FOUND
 */
export function findEntry(projectFolder: string, main: string): Entry {
  const path = isAbsolute(main) ? main : resolve(projectFolder, main);
  if (!existsSync(path)) throw missing(path);
  const stats = statSync(path);
  if (stats.isFile()) return { file: path, folder: dirname(path) };
  if (!stats.isDirectory()) throw missing(path);
  const file = packageEntry(path) ?? INDEX_FILES.map((name) => join(path, name)).find((name) => existsSync(name));
  if (file === undefined) throw missing(join(path, "index.ts"));
  return { file, folder: path };
}

/** What the nearest package.json names, if it is there. */
function packageEntry(folder: string): string | undefined {
  const root = nearestPackage(folder);
  if (root === undefined) return undefined;
  const { exports, main } = manifestOf(root);
  const named = exports === undefined ? main : exportOf(exports);
  const file = typeof named === "string" ? join(root, named) : undefined;
  return file !== undefined && existsSync(file) && statSync(file).isFile() ? file : undefined;
}

const MOST_MANIFEST = 16 << 20;

/** Reads what a folder's package.json says. @throws SandstackError CORRUPT */
export function manifestOf(folder: string): { exports?: unknown; main?: unknown; type?: unknown } {
  const path = join(folder, "package.json");
  return shaped(path, () => ({ ...(JSON.parse(readRegularFile(path, MOST_MANIFEST).toString("utf8")) as object) }));
}

function exportOf(exports: unknown): unknown {
  if (typeof exports !== "object" || exports === null) return exports;
  const root = (exports as Record<string, unknown>)["."];
  if (typeof root !== "object" || root === null) return root;
  const { default: any, require: cjs, import: esm } = root as Record<string, unknown>;
  return any ?? cjs ?? esm;
}

function nearestPackage(folder: string): string | undefined {
  if (existsSync(join(folder, "package.json"))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : nearestPackage(above);
}

function missing(path: string): SandstackError {
  return new SandstackError("NOT_FOUND", `main: ${path} is not there.`, {
    hint: "main in Pulumi.yaml names the program: a file such as index.ts, or its folder.",
  });
}
