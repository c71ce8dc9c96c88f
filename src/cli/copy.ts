import { stat } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Files, Sandbox } from "../../runtime";
import { fsPath } from "../model/byte-text";
import { invalidOption, SandstackError } from "../model/error";
import { parsePlace, type Place } from "./options/place";
import { ownStdin } from "./own-stdin";

/** What `cp` is to do. */
export interface CopyPlan {
  direction: "in" | "out";
  sandbox: string;
  from: string;
  to: string;
}

/** Our stdin or stdout in the place of a file. */
const STDIO = "-";

/** @throws SandstackError INVALID_OPTION unless just one of the two is in a sandbox, by an absolute path */
export function planCopy(from: string, to: string): CopyPlan {
  const [source, target] = [parsePlace(from), parsePlace(to)];
  if (source.kind === "here" && target.kind === "sandbox") {
    return { direction: "in", sandbox: target.sandbox, from: source.path, to: absolute("TO", to, target) };
  }
  if (source.kind === "sandbox" && target.kind === "here") {
    return { direction: "out", sandbox: source.sandbox, from: absolute("FROM", from, source), to: target.path };
  }
  const where = source.kind === "here" ? "on this machine" : "in sandboxes";
  throw new SandstackError("INVALID_OPTION", `${JSON.stringify(from)} and ${JSON.stringify(to)} are both ${where}.`, {
    hint: "One of the two is SANDBOX:/path; between sandboxes: sandstack cp A:/file - | sandstack cp - B:/file",
  });
}

function absolute(argument: string, typed: string, { path }: Place): string {
  if (path.startsWith("/")) return path;
  throw invalidOption(argument, typed, "SANDBOX:/path, the path absolute as the sandbox sees it");
}

/** As `cp -r`: into a directory that is there, else to just this name. */
export async function copyIn(sandbox: Sandbox, from: string, to: string, options: CopyOptions): Promise<void> {
  if (from === STDIO) {
    await sandbox.files.write(to, ownStdin(), options);
    return;
  }
  const into = to.endsWith("/") || (await isDirectoryInside(sandbox.files, to));
  await sandbox.files.copyIn(from, into ? posix.join(to, basename(from)) : to, options);
}

/** As copyIn, the other way. */
export async function copyOut(sandbox: Sandbox, from: string, to: string, { signal }: CopyOptions): Promise<void> {
  if (to === STDIO) {
    const bytes = await sandbox.files.read(from, { format: "stream", signal });
    await pipeline(Readable.fromWeb(bytes as never), process.stdout, { end: false });
    return;
  }
  const into = to.endsWith("/") || (await isDirectoryHere(to));
  await sandbox.files.copyOut(from, into ? join(to, posix.basename(from)) : to, { signal });
}

export interface CopyOptions {
  /** Whose the files are in the sandbox. */
  user?: string;
  signal: AbortSignal;
}

/** `.` in it is there only if it is a directory, or a link to one. */
function isDirectoryInside(files: Files, path: string): Promise<boolean> {
  return files.exists(`${path}/.`);
}

async function isDirectoryHere(path: string): Promise<boolean> {
  return stat(fsPath(path)).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
