import type { Command } from "commander";
import { addMessageOption, addOperationOptions, type OperationValues } from "../options/stack";
import type { Context } from "../program";
import { findTarget } from "../stack/open";
import { operate } from "../stack/operate";
import { passphraseFor } from "../stack/passphrase";

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
      const target = findTarget(values);
      const passphrase = await passphraseFor(target.project, target.stack);
      await operate({ ...target, passphrase, operation: "refresh", dryRun: values.previewOnly, values }, context);
    });
}
