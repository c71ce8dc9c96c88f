import { openStack } from "../../engine";
import type { OperationValues } from "../options/stack";
import type { Context } from "../program";
import { reportErrors } from "../report";
import { confirm } from "./ask";
import { belongingsOf, ownersOf } from "./belongings";
import { noSuchStack } from "./open";
import { operate, prepare, type Prepared } from "./operate";
import { formatReceipt, leftBehind, receiptOf, type Receipt } from "./receipt";

export interface DestroyValues extends OperationValues {
  previewOnly?: boolean;
  yes?: boolean;
}

/** Removes all that a stack has made, and proves it. What is left makes the exit code 1. */
export async function destroy(values: DestroyValues, context: Context): Promise<void> {
  const target = await prepare(values);
  const { project, stack, passphrase } = target;
  const { exists } = await openStack(project, stack, passphrase);
  if (!exists) throw noSuchStack(target);
  if (values.previewOnly) {
    await operate(target, { operation: "destroy", dryRun: true, values }, context);
    return;
  }
  await confirm(`Destroy all that ${project.name}/${stack} has made?`, values.yes);
  const receipt = await destroyAll(target, values, context);
  if (receipt.left.length > 0) reportErrors([leftBehind(receipt)]);
}

/** Removes it, shows how, and prints the receipt. */
export async function destroyAll(target: Prepared, values: OperationValues, context: Context): Promise<Receipt> {
  const { project, stack, passphrase } = target;
  const { resources } = (await openStack(project, stack, passphrase)).snapshot;
  const before = await belongingsOf(ownersOf(resources));
  await operate(target, { operation: "destroy", values }, context);
  const receipt = receiptOf(resources, before, await belongingsOf(before.owners));
  const text = values.json ? `${JSON.stringify({ event: "receipt", ...receipt })}\n` : formatReceipt(receipt);
  process.stdout.write(text);
  return receipt;
}
