import type { Writable } from "node:stream";
import { argvOf } from "../../src/model/argv";
import { bytesOf, isByteText } from "../../src/model/byte-text";
import { invalidOption, SandstackError } from "../../src/model/error";
import { FieldWriter } from "../../src/model/fields";
import { Tag } from "../../src/model/protocol";
import type { Body } from "../body";
import { CALL, CALLBACK, ENVS, FLAG, NUMBER, PATH, STDIN, STREAM, TEXT, type Taken } from "../checks";
import { PASS_ELSEWHERE } from "../guest/client";
import { formatEnvs, type Envs } from "../../src/model/envs";
import { StreamOutput, TextOutput, type Output } from "./output";

/** What a command is to run as; the same for a pty. */
export interface PlaceOptions {
  /** Working directory, an absolute path inside. Default: the user's home. */
  cwd?: string;
  /** Added to the sandbox's own `envs`. */
  envs?: Envs;
  /** A name or number from the sandbox's /etc/passwd. Default: the sandbox's user. `root` is refused on chroot. */
  user?: string;
  /** After so many ms the command is ended, and all that came from it: TERM, KILL half a second later. 0 is never. Default 60,000. */
  timeoutMs?: number;
  /** Aborting rejects with ABORTED and ends a command in the foreground; one in the background runs on. */
  signal?: AbortSignal;
}

/** Where output goes. A callback that gives a promise, or a stream that is full, holds the command up. */
export interface OutputOptions {
  /** Gets what comes on stdout, decoded as UTF-8. What it throws ends a command in the foreground, and rejects. */
  onStdout?: (text: string) => void | Promise<void>;
  onStderr?: (text: string) => void | Promise<void>;
  /** Gets the bytes of stdout as they are, instead of `onStdout`; nothing is kept then. It is not closed. */
  stdout?: Writable;
  stderr?: Writable;
  /** `false`: an exit code other than 0, a signal or a timeout is a result and no error. Default true. */
  reject?: boolean;
}

export interface RunOptions extends PlaceOptions, OutputOptions {
  /** Gives a handle once the command has started; it outlives this process. Default false. */
  background?: boolean;
  /** `true`: left open for sendStdin. Data or a stream: sent, then closed. Default: empty. */
  stdin?: boolean | Body;
}

export const PLACE = { cwd: PATH, envs: ENVS, user: TEXT, timeoutMs: NUMBER, ...CALL };
export const OUTPUTS = { onStdout: CALLBACK, onStderr: CALLBACK, stdout: STREAM, stderr: STREAM, reject: FLAG };
export const RUN: Readonly<Record<keyof RunOptions, Taken>> = {
  ...PLACE,
  ...OUTPUTS,
  background: FLAG,
  stdin: STDIN,
};

/** Bytes of one argument, or of one variable with its name: MAX_ARG_STRLEN without the NUL. */
const MAX_ARGUMENT = 131_071;
const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_TIMEOUT_MS = 2 ** 31;

/** @throws SandstackError INVALID_OPTION for what is no number of ms from 0 on */
export function checkTimeout(timeoutMs: number = DEFAULT_TIMEOUT_MS): number {
  if (Number.isFinite(timeoutMs) && timeoutMs >= 0 && timeoutMs <= MAX_TIMEOUT_MS) return Math.round(timeoutMs);
  throw invalidOption("timeoutMs", timeoutMs, "milliseconds from 0 (never) to 24 days");
}

/** The fields of SPAWN and TASK but FLAGS. */
export function spawnFields(
  cmd: string | readonly string[],
  { cwd, envs, user, timeoutMs }: PlaceOptions,
  ownEnvs: Envs,
): FieldWriter {
  const argv = argvOf(cmd, "cmd", isByteText);
  const variables = formatEnvs({ ...ownEnvs, ...envs }, "envs", isByteText);
  argv.forEach((arg, index) => checkLength(typeof cmd === "string" ? "cmd" : `cmd[${index}]`, arg));
  // A value may be a secret, and is not shown; its name is.
  variables.forEach((variable) => checkLength(`envs.${variable.slice(0, variable.indexOf("="))}`, variable));
  return new FieldWriter()
    .texts(Tag.ARG, argv)
    .texts(Tag.ENV, variables)
    .text(Tag.CWD, cwd)
    .text(Tag.USER, user)
    .number(Tag.TIMEOUT, checkTimeout(timeoutMs));
}

/** @throws SandstackError LIMIT */
function checkLength(option: string, text: string): void {
  // No text has more bytes than three for each of its parts.
  const bytes = text.length * 3 > MAX_ARGUMENT ? bytesOf(text).length : 0;
  if (bytes <= MAX_ARGUMENT) return;
  throw new SandstackError("LIMIT", `${option}: ${bytes} bytes are more than the ${MAX_ARGUMENT} that Linux takes.`, {
    hint: PASS_ELSEWHERE,
  });
}

export function outputsOf({ stdout, stderr, onStdout, onStderr }: OutputOptions): { stdout: Output; stderr: Output } {
  return {
    stdout: stdout ? new StreamOutput(stdout) : new TextOutput(onStdout),
    stderr: stderr ? new StreamOutput(stderr) : new TextOutput(onStderr),
  };
}
