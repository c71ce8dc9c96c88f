import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { argvOf } from "../../model/argv";
import { fsPath, isByteText } from "../../model/byte-text";
import { SandstackError } from "../../model/error";
import { makeSandbox } from "../make-sandbox";
import { addCommandOptions, addTimeoutOption, takesCommand, type CommandValues } from "../options/command";
import { parseEnv } from "../options/env";
import { parseFile, type FileOption } from "../options/file";
import { addSandboxOptions, collect, type SandboxValues } from "../options/sandbox";
import { passThrough } from "../pass-through";
import type { Context } from "../program";

interface Values extends SandboxValues, CommandValues {
  file?: string[];
  timeout?: number;
}

const EXAMPLES = `
Examples:
  sandstack run -- python3 -c 'print(1 + 1)'
  sandstack run --tier chroot --timeout 10s --memory 256MiB -- sh -c 'echo out; exit 7'
  sandstack run --file ./job.py:/tmp/job.py --env TOKEN -- python3 /tmp/job.py < input > output

Exit code: the command's own; 128 + n if signal n ended it, 124 at --timeout, 127 if there is no such command,
126 if it can't be executed, 1 if the sandbox could not be made, 2 for wrong usage.
`;

export function define(command: Command, { signal }: Context): void {
  takesCommand(command, "[options] -- COMMAND...");
  command.argument("<command...>", "what is executed, as it is (sh -c '…' for a shell)");
  addSandboxOptions(command);
  addCommandOptions(command);
  addTimeoutOption(command)
    .option("--file <here:/inside>", "copy a file or directory in before (repeat)", collect)
    .addHelpText("after", EXAMPLES)
    .action(async (argv: string[], values: Values) => {
      const files = (values.file ?? []).map(parseFile);
      argvOf(argv, "COMMAND", isByteText);
      const envs = parseEnv(values.env ?? [], process.env);
      for (const file of files) await requireFile(file);
      // Also after a kill -9 of this process nothing stays.
      await using sandbox = await makeSandbox(values, { endWithProcess: true, signal });
      for (const { from, to } of files) await sandbox.files.copyIn(from, to, { signal });
      const { cwd, timeout } = values;
      process.exitCode = await passThrough(sandbox, argv, { envs, cwd, timeout, signal });
    });
}

/** An image may take minutes to build: what is wrong is said before. */
async function requireFile({ from }: FileOption): Promise<void> {
  try {
    await stat(fsPath(from));
  } catch (cause) {
    throw new SandstackError("NOT_FOUND", `--file: ${JSON.stringify(from)} is not on this machine.`, {
      cause,
      hint: "--file takes here:/inside, the first a file or directory of this machine.",
    });
  }
}
