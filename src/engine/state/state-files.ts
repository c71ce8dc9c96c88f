import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { SandstackError } from "../../model/error";
import { readRegularFile } from "../../model/read-file";

/** The most bytes that a stack's state may have: it is in memory several times while an operation runs. */
const MOST_STATE = 32 << 20;

/** Where a stack's files are below a backend's folder, as the Pulumi CLI lays them out. */
export function stackPaths(backend: string, project: string, stack: string) {
  const root = join(backend, ".pulumi");
  return {
    meta: join(root, "meta.yaml"),
    state: join(root, "stacks", project, `${stack}.json`),
    locks: join(root, "locks", "organization", project, stack),
    history: join(root, "history", project, stack),
    backups: join(root, "backups", project, stack),
  };
}
export type StackPaths = ReturnType<typeof stackPaths>;

/** The backend's folder of a `file://` URL; `~` is the home directory. */
export function backendFolder(url: string, projectFolder: string, home: string): string {
  if (!url.startsWith("file://")) {
    throw new SandstackError("UNSUPPORTED", `backend.url: ${JSON.stringify(url)} is not covered.`, {
      hint: "backend.url takes a folder on this machine, such as file://. for the project's own.",
    });
  }
  const path = decodeURIComponent(url.slice("file://".length));
  if (path === "~" || path.startsWith("~/")) return join(home, path.slice(1));
  return path.startsWith("/") ? path : join(projectFolder, path);
}

/**
 * Writes a file whole or not at all.
 * @param sync also when the machine loses power
 * @throws SandstackError NO_SPACE, PERMISSION_DENIED
 */
export function writeAtomically(path: string, content: string | Buffer, sync = false): void {
  const next = `${path}.${process.pid}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(next, "w", 0o600);
    try {
      const bytes = Buffer.from(content);
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      if (sync) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw fromSystem(error, path);
  }
}

/** Writes the state; what it replaces is kept as `.bak`. */
export function writeState(paths: StackPaths, text: string, sync: boolean): void {
  ensureMeta(paths);
  keepPrevious(paths.state);
  writeAtomically(paths.state, text, sync);
}

function ensureMeta(paths: StackPaths): void {
  if (!existsSync(paths.meta)) writeAtomically(paths.meta, "version: 1\n");
}

/** A second name for the present file: as cheap as nothing, and the rename that follows leaves it alone. */
function keepPrevious(path: string): void {
  if (!existsSync(path)) return;
  const next = `${path}.bak.${process.pid}.new`;
  try {
    rmSync(next, { force: true });
    try {
      linkSync(path, next);
    } catch {
      copyFileSync(path, next);
    }
    renameSync(next, `${path}.bak`);
  } catch (error) {
    rmSync(next, { force: true });
    throw fromSystem(error, `${path}.bak`);
  }
}

/**
 * @returns `undefined` where the stack is not there
 * @throws SandstackError CORRUPT for what is no file, or too large
 */
export function readState(paths: StackPaths): Buffer | undefined {
  for (const ending of [".gz", ".zst"]) {
    if (!existsSync(paths.state) && existsSync(paths.state + ending))
      return readRegularFile(paths.state + ending, MOST_STATE);
  }
  return existsSync(paths.state) ? readRegularFile(paths.state, MOST_STATE) : undefined;
}

/** Names of the stacks of a project. */
export function listStacks(backend: string, project: string): string[] {
  const folder = dirname(stackPaths(backend, project, "x").state);
  if (!existsSync(folder)) return [];
  return namesIn(folder).flatMap((name) => /^(.+)\.json(\.gz|\.zst)?$/.exec(name)?.[1] ?? []);
}

/** @throws SandstackError CORRUPT for what is no folder */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new SandstackError("CORRUPT", `${folder}: is no folder that can be read.`, { cause });
  }
}

/** Forgets a stack: its state, its history and its backups. */
export function removeStackFiles(paths: StackPaths): void {
  rmSync(paths.history, { recursive: true, force: true });
  rmSync(paths.backups, { recursive: true, force: true });
  rmSync(`${paths.state}.bak`, { force: true });
  rmSync(paths.state, { force: true });
}

export function fromSystem(error: unknown, path: string): SandstackError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new SandstackError("NO_SPACE", `${path}: no space left to write the state.`, {
      cause: error,
      hint: "The state before it is whole. Make room and run the same command again.",
    });
  }
  if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
    return new SandstackError("PERMISSION_DENIED", `${path}: may not be written (${code}).`, { cause: error });
  }
  return SandstackError.from(error);
}
