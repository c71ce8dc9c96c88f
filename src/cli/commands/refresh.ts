import type { Command } from "commander";
import { addMessageOption, addOperationOptions, type OperationValues } from "../options/stack";
import type { Context } from "../program";

const EXAMPLES = `
Examples:
  sandstack refresh
  sandstack refresh --preview-only

The program does not run: \`sandstack up\` says what is to be done about what was found.
`;

export function define(command: Command, context: Context): void {
  addMessageOption(addOperationOptions(command))
    .option("--preview-only", "say what would be written, and write nothing")
    .addHelpText("after", EXAMPLES)
    .action(async (values: OperationValues & { previewOnly?: boolean }) => {
      const { operate, prepare } = await import("../stack/operate.js");
      await operate(await prepare(values), { operation: "refresh", values, dryRun: values.previewOnly }, context);
    });
}
