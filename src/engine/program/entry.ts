import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { SandstackError } from "../../model/error";

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
  if (!statSync(path).isDirectory()) return { file: path, folder: dirname(path) };
  const file = packageEntry(path) ?? INDEX_FILES.map((name) => join(path, name)).find((name) => existsSync(name));
  if (file === undefined) throw missing(join(path, "index.ts"));
  return { file, folder: path };
}

/** What the nearest package.json names, if it is there. */
function packageEntry(folder: string): string | undefined {
  const root = nearestPackage(folder);
  if (root === undefined) return undefined;
  const { exports, main } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports?: unknown;
    main?: unknown;
  };
  const named = exports === undefined ? main : exportOf(exports);
  const file = typeof named === "string" ? join(root, named) : undefined;
  return file !== undefined && existsSync(file) && statSync(file).isFile() ? file : undefined;
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
