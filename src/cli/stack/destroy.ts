import { openStack, type OpenStack } from "../../engine";
import { printJsonLine } from "../options/json";
import type { OperationValues } from "../options/stack";
import type { Context } from "../program";
import { reportErrors } from "../report";
import { confirm } from "./ask";
import { belongingsOf, enginesOf, ownersOf } from "./belongings";
import { noSuchStack } from "./open";
import { operate, prepare, type Prepared } from "./operate";
import { formatReceipt, leftBehind, receiptOf, type Receipt } from "./receipt";
import { print } from "../output";

export interface DestroyValues extends OperationValues {
  previewOnly?: boolean;
  yes?: boolean;
}

/** Removes all that a stack has made, and proves it. What is left makes the exit code 1. */
export async function destroy(values: DestroyValues, context: Context): Promise<void> {
  const target = await prepare(values);
  const { project, stack, passphrase } = target;
  const opened = await openStack(project, stack, passphrase);
  if (!opened.exists) throw noSuchStack(target);
  if (values.previewOnly) {
    await operate(target, { operation: "destroy", dryRun: true, values }, context);
    return;
  }
  await confirm(`Destroy all that ${project.name}/${stack} has made?`, values.yes);
  const receipt = await destroyAll(target, opened, values, context);
  if (receipt.left.length > 0) reportErrors([leftBehind(receipt)]);
}

/** Removes what a stack that was opened has, shows how, and prints the receipt. */
export async function destroyAll(
  target: Prepared,
  { snapshot: { resources } }: OpenStack,
  values: OperationValues,
  context: Context,
): Promise<Receipt> {
  const before = await belongingsOf(ownersOf(resources), enginesOf(resources));
  await operate(target, { operation: "destroy", values }, context);
  const receipt = receiptOf(resources, before, await belongingsOf(before.owners, before.engines));
  if (values.json) printJsonLine({ event: "receipt", ...receipt });
  else print(formatReceipt(receipt));
  return receipt;
}
