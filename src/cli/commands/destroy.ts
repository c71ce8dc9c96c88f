import type { Command } from "commander";
import { addMessageOption, addOperationOptions, YES_OPTION } from "../options/stack";
import type { Context } from "../program";
import type { DestroyValues } from "../stack/destroy";

const EXAMPLES = `
Examples:
  sandstack destroy
  sandstack destroy --stack demo --yes
  sandstack destroy --preview-only

At the end stands the receipt: what was made, what of it is gone, what is left on this machine. If anything is left that
bears the stack's mark, it is named and left alone, and the exit code is 1.
`;

export function define(command: Command, context: Context): void {
  addMessageOption(addOperationOptions(command))
    .option(...YES_OPTION)
    .option("--preview-only", "say what would be removed, and remove nothing")
    .addHelpText("after", EXAMPLES)
    .action(async (values: DestroyValues) => {
      const { destroy } = await import("../stack/destroy.js");
      await destroy(values, context);
    });
}
