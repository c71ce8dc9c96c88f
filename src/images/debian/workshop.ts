import { chmodSync, mkdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BuildContext } from "../context";
import { openPrivateMemory } from "../tool/private-memory";
import { runTool } from "../tool/run-tool";
import { availableMemory, memoryFor } from "./memory";

/** Where a suite is made: on the disk, or in memory that ends with the build. */
export interface Workshop extends AsyncDisposable {
  inMemory: boolean;
  /** The root file system that is made, as this process gets to it. */
  tree: string;
  /** The archive that it is made from, likewise. */
  repository: string;
  /** The same two for tools that were started with `enter` before them. */
  inside: { tree: string; repository: string };
  enter: readonly string[];
  /** Brings what was made into the work directory. */
  finish(): Promise<void>;
}

/** @param installed bytes that the packages take */
export async function openWorkshop(installed: number, context: BuildContext): Promise<Workshop> {
  const size = memoryFor(installed, availableMemory());
  context.log(
    `The suite is made ${size === undefined ? "on the disk" : `in ${Math.round(size / 2 ** 20)} MiB of memory`}.`,
  );
  const workshop = size === undefined ? onDisk(context) : await inMemory(size, context);
  for (const made of [workshop.tree, workshop.repository]) {
    mkdirSync(made);
    // The mode of mkdir is less the umask's.
    chmodSync(made, 0o755);
  }
  return workshop;
}

/**
 * apt's own user gets through to both by a mount that only the tools see. It is one for both: packages are linked from the
 * archive into the tree, and no link leads from one mount into another.
 */
function onDisk({ work }: BuildContext): Workshop {
  const folder = join(work.path, "workshop");
  const seen = join(work.open, "workshop");
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  mkdirSync(seen);
  const pathsIn = (root: string) => ({ tree: join(root, "tree"), repository: join(root, "repository") });
  const { tree, repository } = pathsIn(folder);
  return {
    inMemory: false,
    tree,
    repository,
    inside: pathsIn(seen),
    enter: ["unshare", "--mount", "sh", "-c", 'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh", folder, seen],
    finish: async () => {
      await rm(work.tree, { recursive: true, force: true });
      await rename(tree, work.tree);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Only the tools see that there is something in the folder. */
async function inMemory(size: number, { work, signal }: BuildContext): Promise<Workshop> {
  const folder = join(work.open, "memory");
  mkdirSync(folder);
  const memory = await openPrivateMemory(folder, size, signal);
  const pathsIn = (root: string) => ({ tree: join(root, "tree"), repository: join(root, "repository") });
  const { tree, repository } = pathsIn(memory.path);
  return {
    inMemory: true,
    tree,
    repository,
    inside: pathsIn(folder),
    enter: memory.enter,
    finish: () => runTool(["cp", "--archive", `${tree}/.`, work.tree], { signal }),
    [Symbol.asyncDispose]: () => memory[Symbol.asyncDispose](),
  };
}
