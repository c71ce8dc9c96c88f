import { CommanderError } from "commander";
import { Interrupted } from "./interruption";
import { SandstackError } from "../model/error";

/** sandstack's own exit codes; a command's own pass through (DESIGN: as in a shell). */
export const ExitCode = { ERROR: 1, USAGE: 2, TIMEOUT: 124, NOT_EXECUTABLE: 126, NOT_FOUND: 127, SIGNAL: 128 } as const;

/** What a command's end looks like to a shell. */
export function exitCodeOf(ended: { exitCode: number | null; signal: number | null; timedOut: boolean }): number {
  if (ended.timedOut) return ExitCode.TIMEOUT;
  if (ended.signal !== null) return ExitCode.SIGNAL + ended.signal;
  return ended.exitCode ?? ExitCode.ERROR;
}

/** What a command that could not be started looks like to a shell; `undefined` for any other error. */
export function exitCodeOfStart(error: unknown): number | undefined {
  if (!(error instanceof SandstackError)) return undefined;
  if (error.code === "NOT_FOUND") return ExitCode.NOT_FOUND;
  return error.code === "NOT_EXECUTABLE" ? ExitCode.NOT_EXECUTABLE : undefined;
}

/** What an error that nobody handled looks like to a shell. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof Interrupted) return ExitCode.SIGNAL + error.signalNumber;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : ExitCode.USAGE;
  if (error instanceof SandstackError && error.code === "INVALID_OPTION") return ExitCode.USAGE;
  return ExitCode.ERROR;
}
