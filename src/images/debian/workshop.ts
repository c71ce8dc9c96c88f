import { mkdirSync } from "node:fs";
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
  mkdirSync(workshop.tree, { recursive: true, mode: 0o755 });
  mkdirSync(workshop.repository, { mode: 0o755 });
  return workshop;
}

/** apt's own user gets through to both by mounts that only the tools see. */
function onDisk({ work }: BuildContext): Workshop {
  const paths = { tree: work.tree, repository: join(work.path, "repository") };
  const inside = { tree: join(work.open, "tree"), repository: join(work.open, "repository") };
  for (const folder of Object.values(inside)) mkdirSync(folder);
  const mount = 'mount --bind "$1" "$2" && mount --bind "$3" "$4" && shift 4 && exec "$@"';
  const places = [paths.tree, inside.tree, paths.repository, inside.repository];
  const nothing = () => Promise.resolve();
  return {
    inMemory: false,
    ...paths,
    inside,
    enter: ["unshare", "--mount", "sh", "-c", mount, "sh", ...places],
    finish: nothing,
    [Symbol.asyncDispose]: nothing,
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
