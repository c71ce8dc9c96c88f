import type { Command } from "commander";
import { addOperationOptions, FROZEN_OPTION, type OperationValues } from "../options/stack";
import type { Context } from "../program";

const EXAMPLES = `
Examples:
  sandstack preview
  sandstack preview --diff

Nothing is made, changed or written. Of \`destroy\` and \`refresh\`: --preview-only.
`;

export function define(command: Command, context: Context): void {
  addOperationOptions(command)
    .option(...FROZEN_OPTION)
    .addHelpText("after", EXAMPLES)
    .action(async (values: OperationValues) => {
      const { operate, prepare } = await import("../stack/operate.js");
      await operate(await prepare(values), { operation: "preview", values }, context);
    });
}
