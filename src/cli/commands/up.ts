import type { Command } from "commander";
import { addMessageOption, addOperationOptions, FROZEN_OPTION, type OperationValues } from "../options/stack";
import type { Context } from "../program";

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
    .option(...FROZEN_OPTION)
    .addHelpText("after", EXAMPLES)
    .action(async (values: OperationValues) => {
      const { operate, prepare } = await import("../stack/operate.js");
      await operate(await prepare(values), { operation: "up", values }, context);
    });
}
