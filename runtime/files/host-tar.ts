import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { once } from "node:events";
import { basename, dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { bytesOf } from "../../src/model/byte-text";
import { SandstackError } from "../../src/model/error";

/** How tar of this machine ended. */
export interface TarEnd {
  exitCode: number | null;
  /** The lines that it said, without its own name. */
  said: string[];
  /** It gave up before the end of its archive. */
  brokenOff: boolean;
}

/** Whatever the user's locale is, names are taken as they are and messages are in English. */
const env = () => ({ ...process.env, LC_ALL: "C.UTF-8", LANGUAGE: "" });
const IS_GNU = process.platform === "linux";

/** The words of tar for a file that others write to meanwhile, for times, and at its end. */
const HARMLESS = /file changed as we read it|time stamp|Exiting with failure status|Error exit delayed/;

/**
 * tar of this machine, packing.
 * @param holes whether files keep theirs: they are looked for where a file has fewer blocks than bytes
 */
export function startPacking(
  directory: string,
  holes: boolean,
  args: readonly string[],
): ChildProcessByStdio<null, Readable, Readable> {
  // bsdtar looks for them unasked, and has no such option.
  const sparse = holes && IS_GNU ? ["--sparse"] : [];
  const packing = ["--create", "--format=pax", ...sparse, "--file=-"];
  return withPlace(directory, (place, fd) =>
    spawn("tar", [...packing, `--directory=${place}`, ...args], { stdio: ["ignore", "pipe", "pipe", fd], env: env() }),
  ) as ChildProcessByStdio<null, Readable, Readable>;
}

/** tar of this machine, packing one file with the holes that it has, under whatever name. */
export function startPackingFile(file: string): ChildProcessByStdio<null, Readable, Readable> {
  if (file.isWellFormed()) return startPacking(dirname(file), true, ["--dereference", "--", basename(file)]);
  const packing = ["--create", "--format=pax", "--sparse", "--dereference", "--file=-"];
  return withPlace(file, (place, fd) =>
    spawn("tar", [...packing, place], { stdio: ["ignore", "pipe", "pipe", fd], env: env() }),
  ) as ChildProcessByStdio<null, Readable, Readable>;
}

/** tar of this machine, unpacking what comes in by its stdin. */
export function startUnpacking(
  directory: string,
  args: readonly string[],
): ChildProcessByStdio<Writable, null, Readable> {
  return withPlace(directory, (place, fd) =>
    spawn("tar", ["--extract", "--file=-", `--directory=${place}`, ...args], {
      ...{ stdio: ["pipe", "ignore", "pipe", fd], env: env() },
    }),
  ) as ChildProcessByStdio<Writable, null, Readable>;
}

/** Starts a program that has a path as an argument. Node passes text alone: one with other bytes goes by its descriptor. */
function withPlace<T>(path: string, start: (place: string, fd: number | "ignore") => T): T {
  if (path.isWellFormed()) return start(path, "ignore");
  const fd = openSync(bytesOf(path), constants.O_RDONLY);
  try {
    return start("/proc/self/fd/3", fd);
  } finally {
    closeSync(fd);
  }
}

/** Waits for tar's end. @throws SandstackError MISSING_TOOL */
export async function tarEnded(tar: ChildProcess): Promise<TarEnd> {
  let text = "";
  tar.stderr?.setEncoding("utf8").on("data", (more: string) => (text = (text + more).slice(-65_536)));
  try {
    const [exitCode] = (await once(tar, "close")) as [number | null];
    const said = text
      .split("\n")
      .map((line) => line.replace(/^(tar|bsdtar): /, ""))
      .filter((line) => line !== "" && !HARMLESS.test(line));
    return { exitCode, said, brokenOff: exitCode === null || text.includes("Error is not recoverable") };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new SandstackError("MISSING_TOOL", "tar is not on this machine.", { cause, hint: "Install GNU tar." });
  }
}

/** @throws SandstackError with what tar said when it does not end well */
export async function endOfTar(tar: ChildProcess): Promise<void> {
  const { exitCode, said } = await tarEnded(tar);
  if (exitCode !== 0) throw tarFailed(exitCode, said);
}

export function tarFailed(exitCode: number | null, said: readonly string[]): SandstackError {
  return new SandstackError("INTERNAL", `tar: ${said.slice(-20).join("\n") || `exit code ${exitCode}`}`);
}
