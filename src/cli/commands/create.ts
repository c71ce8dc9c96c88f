import type { Command } from "commander";
import { argvOf } from "../../model/argv";
import { isByteText } from "../../model/byte-text";
import { makeSandbox } from "../make-sandbox";
import { takesCommand } from "../options/command";
import { printJson } from "../options/json";
import { addSandboxOptions, type SandboxValues } from "../options/sandbox";
import type { Context } from "../program";
import { print } from "../output";

interface Values extends SandboxValues {
  group?: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  sandstack create --name agent --ttl 1h --memory 512MiB
  sandstack create --name job --ttl 10m -- python3 -c 'print("the sandbox ends with me")'
  SANDBOX=$(sandstack create --json)      # what Sandbox.connect() takes

With a command, its task, the sandbox ends when that does; \`sandstack logs\` tells how.
`;

export function define(command: Command, { signal }: Context): void {
  takesCommand(command, "[options] [-- TASK...]").argument("[task...]", "a command; the sandbox ends when it does");
  addSandboxOptions(command)
    .option("--group <group>", "a group of this machine whose members may connect, besides root")
    .option("--json", "print the connection as one JSON document")
    .addHelpText("after", EXAMPLES)
    .action(async (task: string[], values: Values) => {
      if (task.length > 0) argvOf(task, "TASK", isByteText);
      const { group, json } = values;
      const sandbox = await makeSandbox(values, { group, signal, task: task.length > 0 ? task : undefined });
      if (json) printJson(sandbox.connection);
      else print(`${sandbox.sandboxId}\n`);
      sandbox.disconnect();
    });
}
