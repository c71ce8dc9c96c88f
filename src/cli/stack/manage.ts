import { createStack, listStacks, removeStack } from "../../engine";
import { confirm } from "./ask";
import { noSuchStack } from "./open";
import { passphraseFor } from "./passphrase";
import { findProject } from "./project";
import { selectStack, stackName } from "./selection";

/** @throws SandstackError EXISTS, BAD_PASSPHRASE */
export async function initStack(stack: string): Promise<void> {
  const project = findProject();
  await createStack(project, stack, await passphraseFor(project, stack));
  selectStack(project, stack);
}

/** @throws SandstackError NOT_FOUND */
export function selectExisting(stack: string): void {
  const project = findProject();
  if (!listStacks(project.backend, project.name).includes(stack)) throw noSuchStack({ project, stack });
  selectStack(project, stack);
}

/** @throws SandstackError NOT_FOUND, NOT_EMPTY, LOCKED; ABORTED where the answer is no */
export async function forgetStack(stack: string, yes: boolean | undefined): Promise<void> {
  const project = findProject();
  await confirm(`Forget stack ${stack}, its history and its config?`, yes);
  removeStack(project, stack);
  if (stackName(project, undefined) === stack) selectStack(project, undefined);
}
