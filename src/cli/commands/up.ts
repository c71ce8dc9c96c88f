import type { Command } from "commander";
import { addMessageOption, addOperationOptions, type OperationValues } from "../options/stack";
import type { Context } from "../program";
import { findTarget } from "../stack/open";
import { operate } from "../stack/operate";
import { passphraseFor } from "../stack/passphrase";

const EXAMPLES = `
Examples:
  sandstack up
  sandstack up --stack demo --diff
  sandstack up --json | jq -r 'select(.event == "summary").result'

It asks nothing: \`sandstack preview\` says what it would do. A stack that is not there is made.
The passphrase of the stack's secrets is asked for, or PULUMI_CONFIG_PASSPHRASE[_FILE].
`;

export function define(command: Command, context: Context): void {
  addMessageOption(addOperationOptions(command))
    .addHelpText("after", EXAMPLES)
    .action(async (values: OperationValues) => {
      const target = findTarget(values);
      const passphrase = await passphraseFor(target.project, target.stack);
      await operate({ ...target, passphrase, operation: "up", values }, context);
    });
}
