import type { Command } from "commander";
import { addOperationOptions, type OperationValues } from "../options/stack";
import type { Context } from "../program";
import { findTarget } from "../stack/open";
import { operate } from "../stack/operate";
import { passphraseFor } from "../stack/passphrase";

const EXAMPLES = `
Examples:
  sandstack preview
  sandstack preview --diff

Nothing is made, changed or written. Of \`destroy\` and \`refresh\`: --preview-only.
`;

export function define(command: Command, context: Context): void {
  addOperationOptions(command)
    .addHelpText("after", EXAMPLES)
    .action(async (values: OperationValues) => {
      const target = findTarget(values);
      const passphrase = await passphraseFor(target.project, target.stack);
      await operate({ ...target, passphrase, operation: "preview", values }, context);
    });
}
