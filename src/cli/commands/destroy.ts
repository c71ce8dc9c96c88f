import type { Command } from "commander";
import { openStack } from "../../engine";
import { addMessageOption, addOperationOptions, YES_OPTION, type OperationValues } from "../options/stack";
import type { Context } from "../program";
import { reportErrors } from "../report";
import { confirm } from "../stack/ask";
import { belongingsOf, ownersOf } from "../stack/belongings";
import { findTarget, noSuchStack } from "../stack/open";
import { operate } from "../stack/operate";
import { passphraseFor } from "../stack/passphrase";
import { formatReceipt, leftBehind, receiptOf } from "../stack/receipt";

interface Values extends OperationValues {
  previewOnly?: boolean;
  yes?: boolean;
}

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
    .action((values: Values) => destroy(values, context));
}

async function destroy(values: Values, context: Context): Promise<void> {
  const target = findTarget(values);
  const { project, stack } = target;
  const passphrase = await passphraseFor(project, stack);
  const { exists, snapshot } = await openStack(project, stack, passphrase);
  if (!exists) throw noSuchStack(target);
  const order = { ...target, passphrase, operation: "destroy" as const, values };
  if (values.previewOnly) {
    await operate({ ...order, dryRun: true }, context);
    return;
  }
  await confirm(`Destroy all that ${project.name}/${stack} has made?`, values.yes);
  const before = await belongingsOf(ownersOf(snapshot.resources));
  await operate(order, context);
  const receipt = receiptOf(snapshot.resources, before, await belongingsOf(before.owners));
  const text = values.json ? `${JSON.stringify({ event: "receipt", ...receipt })}\n` : formatReceipt(receipt);
  process.stdout.write(text);
  if (receipt.left.length > 0) reportErrors([leftBehind(receipt)]);
}
