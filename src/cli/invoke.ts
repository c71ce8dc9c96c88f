import { once } from "node:events";
import type { Command } from "commander";
import { asTyped } from "./as-typed";
import { ownArguments } from "./own-bytes";
import { createProgram, type Context } from "./program";
import { reportError } from "./report";

/**
 * Does what a command line says, and says what goes wrong; the exit code is the process's.
 * @param given the arguments, as Node gives them
 * @param signal aborted by Ctrl-C and its kin
 */
export async function invoke(given: readonly string[], signal: AbortSignal): Promise<void> {
  const context = contextOf(signal);
  let command: Command | undefined;
  try {
    const args = ownArguments(given);
    const program = createProgram((name) => args.includes(name), context);
    program.hook("preAction", (_, acting) => void (command = acting));
    const done = program.parseAsync(args, { from: "user" });
    await Promise.race([done, unanswered(signal, context)]);
    await written(signal);
    signal.throwIfAborted();
  } catch (error) {
    process.exitCode = reportError(signal.aborted ? signal.reason : asTyped(error, command), {
      verbose: isVerbose(given),
    });
    // Nobody waits for a reader that has not taken all until now.
    if (signal.aborted) process.exit();
  } finally {
    // A stdin that was passed on would keep the process waiting for more of it.
    process.stdin.destroy();
    if (context.endsProcess) process.exit();
  }
}

/** Whoever takes the signal cleans up and ends by it. */
function contextOf(signal: AbortSignal): Context & { isTaken: () => boolean } {
  let taken = false;
  return {
    get signal() {
      taken = true;
      return signal;
    },
    isTaken: () => taken,
  };
}

/** Throws at an interruption for which nobody has taken the signal: it ends the command at once, as it would without a handler. */
async function unanswered(signal: AbortSignal, { isTaken }: { isTaken: () => boolean }): Promise<never> {
  if (!signal.aborted) await once(signal, "abort");
  if (!isTaken()) throw signal.reason as Error;
  return new Promise(() => {});
}

/** Words after -- are a command's own. */
function isVerbose(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? undefined : end).includes("--verbose");
}

/** Only what has been written tells that it can't be; and who reads too slowly can be given up. */
async function written(signal: AbortSignal): Promise<void> {
  const flushed = new Promise((resolve) => process.stdout.write("", resolve));
  if (!signal.aborted) await Promise.race([flushed, once(signal, "abort")]);
}
