import { Command, type ErrorOptions } from "commander";
import { invalidOption, SandstackError } from "../model/error";
import { habitOfCommand, habitOfOption } from "./habits";

/** A command that says what is wrong with its usage in the words and the voice of all other errors. */
export class SandstackCommand extends Command {
  override createCommand(name?: string): Command {
    return new SandstackCommand(name);
  }

  override error(message: string, { code }: ErrorOptions = {}): never {
    throw usageError(this, code, message);
  }
}

/** Answers for what commander says, by its code: the value between the quotes is what was typed, whatever is in it. */
function usageError(command: Command, code: string | undefined, message: string): SandstackError {
  const typed = /'(.*)'/s.exec(message.replace(SUGGESTION, ""))?.[1] ?? "";
  const similar = SUGGESTION.exec(message)?.[1];
  if (code === "commander.unknownCommand") return unknownCommand(command, typed, similar);
  if (code === "commander.unknownOption") return unknownOption(command, typed, similar);
  if (code === "commander.missingArgument") {
    return wrong(`${nameOf(command)}: ${typed.toUpperCase()} is missing.`, usageOf(command));
  }
  if (code === "commander.optionMissingArgument") return missingValue(command, typed);
  if (code === "commander.excessArguments") {
    const excess = command.args[command.registeredArguments.length];
    return wrong(`${nameOf(command)}: ${JSON.stringify(excess)} is one argument too many.`, usageOf(command));
  }
  return invalidChoice(message) ?? wrong(message.replace(/^error: /, ""), usageOf(command));
}

const SUGGESTION = /\n\(Did you mean (?:one of )?([^()]*)\?\)$/;

function unknownCommand(command: Command, typed: string, similar: string | undefined): SandstackError {
  const path = pathOf(command);
  const name = `${nameOf(command)} ${typed}`.trim();
  const meant = habitOfCommand(name) ?? (similar && `Did you mean \`${path} ${similar}\`?`);
  return wrong(`There is no command ${JSON.stringify(name)}.`, meant ?? `\`${path} --help\` shows what there is.`);
}

function unknownOption(command: Command, typed: string, similar: string | undefined): SandstackError {
  // The value that follows may be a secret.
  const option = typed.replace(/=.*/s, "");
  const path = pathOf(command);
  const known = command.options.flatMap(({ long }) => long ?? []);
  const hint = habitOfOption(option, known) ?? (similar && `Did you mean ${similar}?`);
  return wrong(`${option}: there is no such option of \`${path}\`.`, hint ?? elsewhere(command, path));
}

/** Options that come before the command are ours, and those that come after are its own. */
function elsewhere(command: Command, path: string): string {
  const help = `\`${path} --help\` shows those that there are.`;
  const isForOther = /-- (COMMAND|TASK)/.test(command.usage());
  return isForOther ? `A command's own options stand after --: \`${path} ${command.usage()}\`. ${help}` : help;
}

function missingValue(command: Command, flags: string): SandstackError {
  const option = command.options.find((one) => one.flags === flags);
  return wrong(`${option?.long ?? flags}: its value is missing.`, `It is written ${flags}: ${option?.description}.`);
}

/** A value that is none of the few that there are, of an option or an argument. */
function invalidChoice(message: string): SandstackError | undefined {
  const option = /^error: option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s;
  const argument =
    /^error: command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*)\.$/s;
  const [, name, value, choices] = option.exec(message) ?? [];
  if (name !== undefined) return invalidOption(name, value, `one of ${choices}`);
  const [, typed, place, known] = argument.exec(message) ?? [];
  return place === undefined ? undefined : invalidOption(place.toUpperCase(), typed, `one of ${known}`);
}

/** `sandstack snapshot create` */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** `snapshot create`, and nothing of the program itself. */
function nameOf(command: Command): string {
  return pathOf(command).split(" ").slice(1).join(" ");
}

function usageOf(command: Command): string {
  return `Usage: ${pathOf(command)} ${command.usage()}`;
}

function wrong(message: string, hint: string): SandstackError {
  return new SandstackError("INVALID_OPTION", message, { hint });
}
