import type { FileSource } from "../../model/file-source";
import type { BuildContext } from "../context";
import type { Step } from "../step";
import { throwIfAborted } from "../tool/run-tool";
import { type FileItem, factsOf, listFileItems } from "./listing";
import { Placement } from "./place";

/**
 * A layer of files of this machine; where they land depends on the links of what is below. None where nothing is named.
 * @throws SandstackError INVALID_OPTION or NOT_FOUND naming the place
 */
export async function filesStep(given: Readonly<Record<string, string | FileSource>>): Promise<Step | undefined> {
  const items = await listFileItems(given);
  if (items.length === 0) return undefined;
  const files = items.map(factsOf);
  return {
    name: "files",
    declared: { files },
    pinned: "here",
    resolve: () => Promise.resolve({}),
    recipe: () => ({ files }),
    make: (_, context, below) => makeFilesLayer(items, below, context),
  };
}

function makeFilesLayer(items: readonly FileItem[], below: readonly string[], context: BuildContext): void {
  const placement = new Placement(context.work.tree, below);
  for (const [index, item] of items.entries()) {
    throwIfAborted(context.signal);
    placement.place(item);
    context.report("copying files", 0.95 + (0.04 * index) / items.length, item.inside);
  }
  placement.finish();
}
