#!/usr/bin/env node
import { once } from "node:events";
import { listenForInterruption } from "./interruption";
import { ownArguments } from "./own-bytes";
import { createProgram, type Context } from "./program";
import { reportError } from "./report";

async function main(given: readonly string[]): Promise<void> {
  const signal = listenForInterruption();
  const context: Context = { signal };
  try {
    const args = ownArguments(given);
    await createProgram((name) => args.includes(name), context).parseAsync(args, { from: "user" });
    await written(signal);
    signal.throwIfAborted();
  } catch (error) {
    process.exitCode = reportError(signal.aborted ? signal.reason : error, { verbose: given.includes("--verbose") });
    // What a reader has not taken until now is not waited for.
    if (signal.aborted) process.exit();
  } finally {
    // A stdin that was passed on would keep the process waiting for more of it.
    process.stdin.destroy();
    if (context.endsProcess) process.exit();
  }
}

/** Only what has been written tells that it can't be; and who reads too slowly can be given up. */
async function written(signal: AbortSignal): Promise<void> {
  const flushed = new Promise((resolve) => process.stdout.write("", resolve));
  if (!signal.aborted) await Promise.race([flushed, once(signal, "abort")]);
}

void main(process.argv.slice(2));
