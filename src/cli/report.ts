import { CommanderError } from "commander";
import { SandstackError } from "../model/error";
import { exitCodeOfError } from "./exit-code";
import { Interrupted } from "./interruption";
import { styleFor } from "./style";
import { tell } from "./output";

/** Says on stderr what went wrong and what helps; gives the exit code. */
export function reportError(error: unknown, { verbose = false } = {}): number {
  // Commander has said what is wrong with the usage; who pressed Ctrl-C knows.
  if (!(error instanceof CommanderError) && !(error instanceof Interrupted)) {
    tell(formatError(SandstackError.from(error), verbose));
  }
  return exitCodeOfError(error);
}

/** Says what went wrong besides what a command could do; it then exits with 1. */
export function reportErrors(errors: readonly SandstackError[]): void {
  for (const error of errors) process.exitCode = reportError(error);
}

function formatError(error: SandstackError, verbose: boolean): string {
  const style = styleFor(process.stderr);
  let text = `${style("red", "sandstack:")} ${error.message}\n`;
  if (error.hint) text += `${error.hint}\n`;
  if (verbose || error.code === "INTERNAL") text += `${style("dim", causes(error))}\n`;
  return text;
}

function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${causes(error.cause)}`;
}
