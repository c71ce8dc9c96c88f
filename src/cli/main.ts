#!/usr/bin/env node
import { listenForInterruption } from "./interruption";
import { createProgram } from "./program";
import { reportError } from "./report";

async function main(args: readonly string[]): Promise<void> {
  const signal = listenForInterruption();
  try {
    await createProgram((name) => args.includes(name), { signal }).parseAsync(args, { from: "user" });
    // Only what has been written tells that it can't be.
    await new Promise((resolve) => process.stdout.write("", resolve));
    signal.throwIfAborted();
  } catch (error) {
    process.exitCode = reportError(signal.aborted ? signal.reason : error, { verbose: args.includes("--verbose") });
  } finally {
    // A stdin that was passed on would keep the process waiting for more of it.
    process.stdin.destroy();
  }
}

void main(process.argv.slice(2));
