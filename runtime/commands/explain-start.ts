import { posix } from "node:path";
import { argvOf } from "../../src/model/argv";
import { isByteText } from "../../src/model/byte-text";
import type { Envs } from "../../src/model/envs";
import { SandstackError } from "../../src/model/error";
import { Files } from "../files/files";
import type { GuestClient } from "../guest/client";
import type { PlaceOptions } from "./run-options";
import { executedBy, type ExecutedBy } from "./program-head";

/** The PATH of a command that names none (guest/src/commands/environment.c). */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** How a command was asked for. */
interface Asked {
  argv: readonly string[];
  cwd?: string;
  /** The PATH that it was given, if any. */
  path?: string;
}

/** Rejects with what a command that can't be started rejects with, in the words of who asked for it. */
export function explaining(
  client: GuestClient,
  cmd: string | readonly string[],
  { cwd, envs }: Pick<PlaceOptions, "cwd" | "envs">,
  ownEnvs: Envs,
): (thrown: unknown) => Promise<never> {
  return async (thrown) => {
    throw await explainStart(client, thrown, {
      argv: argvOf(cmd, "cmd", isByteText),
      cwd,
      path: { ...ownEnvs, ...envs }["PATH"],
    });
  };
}

/**
 * Why a command could not be started: the kernel has the same word for a file that is not there and for one whose interpreter
 * is not. What the sandbox's own files tell is added; anything else is given back as it is.
 */
async function explainStart(client: GuestClient, thrown: unknown, asked: Asked): Promise<unknown> {
  if (!(thrown instanceof SandstackError)) return thrown;
  if (thrown.code !== "NOT_FOUND" && thrown.code !== "NOT_EXECUTABLE") return thrown;
  try {
    return (await explained(new Files(client), thrown, asked)) ?? thrown;
  } catch {
    // It has ended meanwhile, or its files can't be looked at.
    return thrown;
  }
}

async function explained(files: Files, thrown: SandstackError, asked: Asked): Promise<SandstackError | undefined> {
  const { code, message } = thrown;
  const [program = ""] = asked.argv;
  const file = await fileOf(files, asked);
  const hinted = (hint: string) => new SandstackError(code, message, { cause: thrown, hint });
  if (file === undefined) return /\s/.test(program) ? hinted(oneString(program)) : undefined;
  if (code === "NOT_EXECUTABLE") return hinted(await notExecutable(files, file, message));
  const by = executedBy(await headOf(files, file));
  if (by === undefined || (await files.exists(by.path))) return undefined;
  const text = `${JSON.stringify(file)} can't be executed: its ${by.kind} ${JSON.stringify(by.path)} is not in the sandbox.`;
  return new SandstackError(code, text, { cause: thrown, hint: cureOf(by) });
}

function oneString(program: string): string {
  const words = program.trim().split(/\s+/);
  return `${JSON.stringify(program)} is taken for the name of one program. It takes ${JSON.stringify(words)}, or a string for the shell.`;
}

async function notExecutable(files: Files, file: string, message: string): Promise<string> {
  const { type } = await files.getInfo(file);
  if (type === "dir") return `${file} is a directory.`;
  if (message.endsWith("Exec format error")) {
    return "Its first line names no interpreter such as #!/bin/sh, and it is no program for this processor.";
  }
  return `The user may not execute it: chmod +x ${file}`;
}

function cureOf({ kind, path }: ExecutedBy): string {
  if (path.endsWith("\r")) return "The first line ends as on Windows: `sed -i 's/\\r$//' FILE` takes that away.";
  if (kind === "interpreter") return `The file's first line names it: #!${path}.`;
  return "It was built for another C library: link it statically, or take an image that has that one.";
}

/** Finds the program that was meant; `undefined` where there is none, or that can't be told. */
async function fileOf(files: Files, { argv, cwd, path = DEFAULT_PATH }: Asked): Promise<string | undefined> {
  const [program = ""] = argv;
  const isPath = program.includes("/");
  const folders = isPath ? [program.startsWith("/") ? "/" : cwd] : path.split(":");
  for (const folder of folders) {
    if (!folder?.startsWith("/")) continue;
    const file = posix.join(folder, program);
    if (await files.exists(file)) return file;
  }
  return undefined;
}

async function headOf(files: Files, file: string): Promise<Buffer> {
  const reader = (await files.read(file, { format: "stream" })).getReader();
  try {
    return Buffer.from((await reader.read()).value ?? []);
  } finally {
    await reader.cancel();
  }
}
