import type { Command } from "commander";
import { addCommandOptions, addTimeoutOption, takesCommand, type CommandValues } from "../options/command";
import { parseEnv } from "../options/env";
import { passThrough } from "../pass-through";
import type { Context } from "../program";

interface Values extends CommandValues {
  timeout?: number;
  user?: string;
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
  addTimeoutOption(command)
    .addHelpText("after", EXAMPLES)
    .action(async (target: string, argv: string[], values: Values) => {
      const { cwd, timeout, user } = values;
      const envs = parseEnv(values.env ?? [], process.env);
      const { Sandbox } = await import("../../../runtime/index.js");
      const { sandboxNamed } = await import("../stack/declared.js");
      const sandbox = await Sandbox.connect(sandboxNamed(target), { signal });
      try {
        process.exitCode = await passThrough(sandbox, argv, { cwd, envs, signal, timeout, user });
      } finally {
        sandbox.disconnect();
      }
    });
}
