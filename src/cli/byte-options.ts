import type { Command } from "commander";
import { invalidOption } from "../model/error";

/**
 * Arguments and options that are carried into a sandbox or name a file of this machine byte for byte, whatever the bytes
 * are. Every other one is a text.
 */
const BYTES = ["command", "task", "from", "to", "env", "cwd", "file"];

/**
 * Refuses bytes that are no UTF-8 in what a command takes as a text.
 * @throws SandstackError INVALID_OPTION naming the argument or option, before anything is done
 */
export function refuseBytes(command: Command): void {
  for (const [index, argument] of command.registeredArguments.entries()) {
    check(argument.name(), `<${argument.name()}>`, command.processedArgs[index]);
  }
  for (const option of command.options) {
    check(option.attributeName(), option.long ?? option.flags, command.getOptionValue(option.attributeName()));
  }
}

function check(name: string, shown: string, given: unknown): void {
  if (BYTES.includes(name)) return;
  for (const value of Array.isArray(given) ? (given as unknown[]) : [given]) {
    if (typeof value === "string" && !value.isWellFormed()) throw invalidOption(shown, value, "a text in UTF-8");
  }
}
