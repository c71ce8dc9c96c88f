import type { Command } from "commander";
import { parseDuration } from "../../model/ttl";
import { collect } from "./sandbox";

/** Says that the command stands after `--`, so that its options are not ours. */
export function takesCommand(command: Command, usage: string): Command {
  return command.usage(usage);
}

/** The options of `run`, `exec` and `shell` that say how a command is started. */
export interface CommandValues {
  env?: string[];
  cwd?: string;
}

export function addCommandOptions(command: Command): Command {
  return command
    .option("--env <variable>", "NAME=value, or NAME to take it from your own environment (repeat)", collect)
    .option("--cwd <path>", "working directory inside (default: the user's home)");
}

/** Of `run` and `exec`; there is none unless it is asked for. */
export function addTimeoutOption(command: Command): Command {
  return command.option("--timeout <duration>", "end the command after it, and exit with 124", (value) =>
    parseDuration("--timeout", value),
  );
}
