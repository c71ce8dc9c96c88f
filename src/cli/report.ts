import { CommanderError } from "commander";
import { SandstackError } from "../model/error";
import { exitCodeOfError } from "./exit-code";
import { Interrupted } from "./interruption";
import { styleFor } from "./style";
import { tell } from "./output";

/** Says on stderr what went wrong and what helps; gives the exit code. */
export function reportError(error: unknown, { verbose = false } = {}): number {
  // Commander ends with help that was asked for; whoever pressed Ctrl-C knows.
  if (!(error instanceof CommanderError) && !(error instanceof Interrupted)) {
    tell(formatError(SandstackError.from(error), verbose));
  }
  return exitCodeOfError(error);
}

/** Says what went wrong besides what a command could do; it then exits with 1. */
export function reportErrors(errors: readonly SandstackError[]): void {
  for (const error of errors) process.exitCode = reportError(error);
}

/** A fault of ours, most likely: where it happened is for whoever looks for it. */
const UNFORESEEN = "This was not foreseen; the same with --verbose says where it happened.";

function formatError(error: SandstackError, verbose: boolean): string {
  const style = styleFor(process.stderr);
  let text = `${style("red", "sandstack:")} ${error.message}\n`;
  const hint = error.hint ?? (error.code === "INTERNAL" && !verbose ? UNFORESEEN : undefined);
  if (hint) text += `${hint}\n`;
  if (verbose) text += `${style("dim", causes(error))}\n`;
  return text;
}

function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${causes(error.cause)}`;
}
