import type { BuildContext } from "../context";
import type { Recipe } from "../store/recipe";
import { throwIfAborted } from "../tool/run-tool";
import type { FileItem } from "./listing";
import { Placement } from "./place";

/** A layer of files of this machine; where they land depends on the links of what is below. */
export function filesRecipe(items: readonly FileItem[], below: readonly string[]): Recipe {
  return { files: items.map(({ inside, kind, mode, content }) => [inside, kind, mode, content]), below };
}

export function makeFilesLayer(items: readonly FileItem[], below: readonly string[], context: BuildContext): void {
  const placement = new Placement(context.work.tree, below);
  for (const [index, item] of items.entries()) {
    throwIfAborted(context.signal);
    placement.place(item);
    context.report("copying files", 0.95 + (0.04 * index) / items.length, item.inside);
  }
  placement.finish();
}
