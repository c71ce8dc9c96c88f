import { openStack, type OpenStack, type Project } from "../../engine";
import { SandstackError } from "../../model/error";
import { passphraseFor } from "./passphrase";
import { findProject } from "./project";
import { stackName } from "./selection";

/** A stack that a command is about. */
export interface Target {
  project: Project;
  stack: string;
}

export function findTarget({ stack }: { stack?: string }): Target {
  const project = findProject();
  return { project, stack: stackName(project, stack) };
}

/**
 * Its state and its file, decrypted.
 * @throws SandstackError BAD_PASSPHRASE, CORRUPT, VERSION, UNSUPPORTED
 */
export async function openTarget({ project, stack }: Target): Promise<OpenStack> {
  return openStack(project, stack, await passphraseFor(project, stack));
}

/** As openTarget, of a stack that must be there. @throws SandstackError NOT_FOUND too */
export async function openExisting(target: Target): Promise<OpenStack> {
  const opened = await openTarget(target);
  if (opened.exists) return opened;
  throw noSuchStack(target);
}

export function noSuchStack({ project, stack }: Target): SandstackError {
  return new SandstackError("NOT_FOUND", `There is no stack ${JSON.stringify(stack)} in project ${project.name}.`, {
    hint: "sandstack stack ls shows what there is; sandstack up and sandstack stack init make one.",
  });
}
