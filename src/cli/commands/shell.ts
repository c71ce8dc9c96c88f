import type { Command } from "commander";
import { SandstackError } from "../../model/error";
import { exitCodeOf } from "../exit-code";
import { addCommandOptions, type CommandValues } from "../options/command";
import { parseEnv } from "../options/env";
import { STACK_OF_SANDBOX } from "../options/stack";
import type { Context } from "../program";
import { showTerminal } from "../terminal";

interface Values extends CommandValues {
  user?: string;
  stack?: string;
}

const EXAMPLES = `
Examples:
  sandstack shell agent
  sandstack shell --user root --cwd /etc agent
`;

export function define(command: Command, { signal }: Context): void {
  command.argument("<sandbox>", "name, id or connection");
  addCommandOptions(command)
    .option("--user <user>", "whose shell (default: the sandbox's user)")
    .option(...STACK_OF_SANDBOX)
    .addHelpText("after", EXAMPLES)
    .action(async (target: string, values: Values) => {
      const { stdin, stdout } = process;
      if (!stdin.isTTY || !stdout.isTTY) throw noTerminal(target);
      const envs = parseEnv(values.env ?? [], process.env);
      const { Sandbox } = await import("../../../runtime/index.js");
      const { sandboxNamed } = await import("../stack/declared.js");
      const sandbox = await Sandbox.connect(await sandboxNamed(target, values.stack), { signal });
      try {
        const { cwd, user } = values;
        const options = { cwd, user, envs: { ...ownTerm(), ...envs }, timeoutMs: 0, signal };
        process.exitCode = exitCodeOf(await showTerminal(sandbox, { stdin, stdout }, options));
      } finally {
        sandbox.disconnect();
      }
    });
}

/** What our terminal understands. */
function ownTerm(): Record<string, string> {
  const term = process.env["TERM"];
  return term === undefined ? {} : { TERM: term };
}

function noTerminal(target: string): SandstackError {
  return new SandstackError("UNSUPPORTED", "A shell needs a terminal as stdin and stdout.", {
    hint: `Without one: sandstack exec ${target} -- sh -c 'COMMANDS'`,
  });
}
