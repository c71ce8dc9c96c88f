import type { Command } from "commander";
import { argvOf } from "../../model/argv";
import { isByteText } from "../../model/byte-text";
import { addCommandOptions, addTimeoutOption, takesCommand, type CommandValues } from "../options/command";
import { parseEnv } from "../options/env";
import { STACK_OF_SANDBOX } from "../options/stack";
import { passThrough } from "../pass-through";
import type { Context } from "../program";

interface Values extends CommandValues {
  timeout?: number;
  user?: string;
  stack?: string;
}

const EXAMPLES = `
Examples:
  sandstack exec agent -- python3 -V
  sandstack exec --user root --cwd /tmp agent -- sh -c 'apt list --installed | wc -l'
  tar -c . | sandstack exec agent -- tar -x -C /tmp

A terminal is not passed on as stdin: \`sandstack shell\` is for that. Exit code: as \`sandstack run\`.
`;

export function define(command: Command, { signal }: Context): void {
  takesCommand(command, "[options] SANDBOX -- COMMAND...")
    .argument("<sandbox>", "name, id or connection")
    .argument("<command...>", "what is executed, as it is (sh -c '…' for a shell)");
  addCommandOptions(command).option("--user <user>", "who it runs as (default: the sandbox's user)");
  command.option(...STACK_OF_SANDBOX);
  addTimeoutOption(command)
    .addHelpText("after", EXAMPLES)
    .action(async (target: string, argv: string[], values: Values) => {
      const { cwd, stack, timeout, user } = values;
      argvOf(argv, "COMMAND", isByteText);
      const envs = parseEnv(values.env ?? [], process.env);
      const { Sandbox } = await import("../../../runtime/index.js");
      const { sandboxNamed } = await import("../stack/declared.js");
      const sandbox = await Sandbox.connect(await sandboxNamed(target, stack), { signal });
      try {
        process.exitCode = await passThrough(sandbox, argv, { cwd, envs, signal, timeout, user });
      } finally {
        sandbox.disconnect();
      }
    });
}
