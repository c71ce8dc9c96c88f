import { rmSync } from "node:fs";
import { SandstackError } from "../model/error";
import type { Project } from "./project/project-file";
import { StackFile } from "./project/stack-file";
import { parseCheckpoint } from "./state/checkpoint";
import { lockStack } from "./state/lock";
import { readState, removeStackFiles, stackPaths } from "./state/state-files";

/**
 * Forgets an empty stack: its state, its history, and its `Pulumi.<stack>.yaml`.
 * @throws SandstackError NOT_FOUND, NOT_EMPTY, LOCKED
 */
export function removeStack(project: Project, stack: string): void {
  const paths = stackPaths(project.backend, project.name, stack);
  const lock = lockStack(paths.locks);
  try {
    const bytes = readState(paths);
    if (bytes === undefined) {
      throw new SandstackError("NOT_FOUND", `There is no stack ${JSON.stringify(stack)} in project ${project.name}.`);
    }
    const { resources, pending } = parseCheckpoint(bytes, paths.state, project.name, stack);
    const left = resources.length + pending.length;
    if (left > 0) {
      throw new SandstackError("NOT_EMPTY", `Stack ${stack} still has ${left} resources.`, {
        hint: `sandstack destroy --stack ${stack} removes them first.`,
      });
    }
    removeStackFiles(paths);
    rmSync(new StackFile(project, stack).path, { force: true });
  } finally {
    lock.release();
  }
}
