import type { Command } from "commander";
import { invalidOption } from "../../model/error";

/** Of every command about one stack. */
export const STACK_OPTION = ["-s, --stack <name>", "the stack (default: the selected one, else local)"] as const;

/** Adds --stack to a command that takes the name of a sandbox. */
export const STACK_OF_SANDBOX = [
  "-s, --stack <name>",
  "the stack that declares the sandbox (default: the selected one, else local)",
] as const;

/** Of `up`, `preview`, `refresh` and `destroy`. */
export interface OperationValues {
  stack?: string;
  diff?: boolean;
  json?: boolean;
  parallel?: number;
  message?: string;
  frozen?: boolean;
}

export function addOperationOptions(command: Command): Command {
  return command
    .option(...STACK_OPTION)
    .option("--diff", "show every property that changes")
    .option("--json", "print what happens as JSON, one event per line")
    .option("-p, --parallel <number>", "work on so many resources at once (default: 16)", parseParallel)
    .option("--verbose", "say more about errors");
}

/** Of what builds images. */
export const FROZEN_OPTION = ["--frozen", "fail where an image is not as sandstack.lock has it"] as const;

/** Of what is kept in the history: not of previews. */
export function addMessageOption(command: Command): Command {
  return command.option("-m, --message <text>", "for the history");
}

/** Of what can't be undone. */
export const YES_OPTION = ["-y, --yes", "don't ask (asked is on a terminal only)"] as const;

function parseParallel(value: string): number {
  if (/^[1-9]\d*$/.test(value)) return Number(value);
  throw invalidOption("--parallel", value, "a whole number above zero such as 4");
}
