import type { Command, Option } from "commander";

/** What a completion script needs to know of a command. */
export interface CommandShape {
  /** `run`, or `snapshot ls`. */
  name: string;
  summary: string;
  options: OptionShape[];
  /** Its arguments are sandboxes. */
  takesSandbox: boolean;
}

export interface OptionShape {
  long: string;
  summary: string;
  takesValue: boolean;
  /** The values that there are, where they are few. */
  choices: readonly string[];
}

/** Every command below a program, parents before their children. */
export function commandShapes(program: Command, prefix = ""): CommandShape[] {
  return program.commands.flatMap((command) => {
    const name = prefix + command.name();
    return [shapeOf(command, name), ...commandShapes(command, `${name} `)];
  });
}

function shapeOf(command: Command, name: string): CommandShape {
  const help = command.createHelp();
  return {
    name,
    summary: command.summary() || command.description(),
    options: help.visibleOptions(command).flatMap(optionShape),
    takesSandbox: command.registeredArguments.some((argument) => argument.name().startsWith("sandbox")),
  };
}

function optionShape(option: Option): OptionShape[] {
  if (!option.long) return [];
  const { long, description: summary, argChoices: choices = [] } = option;
  return [{ long, summary, takesValue: option.required || option.optional, choices }];
}
