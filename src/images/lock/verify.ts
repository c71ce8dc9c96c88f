import { join } from "node:path";
import type { ImageArgs } from "../../model/image";
import type { ImageLock, StepName } from "../../model/lock";
import { buildLocked } from "../build";
import { type BuildOptions, withContext } from "../context";
import { layerTree, verifyLayer } from "../store/layer";
import { ensureStore, withStoreIn } from "../store/layout";
import { requireRoot } from "../tool/require";
import { diffTrees, type TreeDifference } from "../tree/diff";
import { listTree, stack, type Tree } from "../tree/list";
import { type DeclaredPart, movedOn } from "./moved-on";

/** How an image made anew compares with its lock. */
export interface Verdict {
  /** The same bytes. */
  equal: boolean;
  /** Of the image as the lock has it. */
  locked: string;
  /** Of the image made anew; none was made where the lock is not of this declaration. */
  digest?: string;
  /** Parts of the declaration that the lock is not of. */
  movedOn: readonly DeclaredPart[];
  /** The first layer that is another one; those above it follow from it. */
  differs?: LayerDifference;
}

export interface LayerDifference {
  step: StepName;
  locked: string;
  digest: string;
  /**
   * `locked`: with the layer of the lock, which the store has. `again`: with one made from the same once more: what
   * differs there differs each time.
   */
  comparedWith: "locked" | "again";
  files: readonly TreeDifference[];
}

/** Makes an image from its lock in a store of its own, in which nothing was made before, and compares. */
export async function verifyLock(args: ImageArgs, lock: ImageLock, options: BuildOptions = {}): Promise<Verdict> {
  requireRoot();
  ensureStore();
  const moved = await movedOn(args, lock);
  if (moved.length > 0) return { equal: false, locked: lock.digest, movedOn: moved };
  return withContext(options, async ({ work }) => {
    const first = await buildIn(join(work.open, "first"), args, lock, options);
    const { digest } = first.image;
    const verdict = { equal: digest === lock.digest, locked: lock.digest, digest, movedOn: [] };
    const at = first.lock.layers.findIndex((layer, index) => layer.digest !== lock.layers[index]?.digest);
    const [ours, theirs] = [first.lock.layers[at], lock.layers[at]];
    if (!ours || !theirs) return verdict;
    const hasLocked = await verifyLayer(theirs.digest, options.signal);
    const [own, ...lower] = first.trees(at) as [string, ...string[]];
    const [other] = hasLocked
      ? [layerTree(theirs.digest)]
      : (await buildIn(join(work.open, "second"), args, lock, options)).trees(at);
    // Those below are the same, and may be large: they are read once.
    const below: Tree[] = [];
    for (const root of lower) below.push(await listTree(root, options.signal));
    const shown = async (root: string) => stack([await listTree(root, options.signal), ...below]);
    const files = diffTrees(await shown(other as string), await shown(own));
    const comparedWith = hasLocked ? ("locked" as const) : ("again" as const);
    const differs = { step: ours.step, locked: theirs.digest, digest: ours.digest, comparedWith, files };
    return { ...verdict, differs };
  });
}

/** Makes an image in a store of its own. `trees` gives the roots of a layer and of those below it, the topmost first. */
async function buildIn(store: string, args: ImageArgs, lock: ImageLock, options: BuildOptions) {
  return withStoreIn(store, async () => {
    const built = await buildLocked(args, { ...options, lock });
    const roots = built.lock.layers.map(({ digest }) => layerTree(digest));
    return { ...built, trees: (at: number) => [...new Set(roots.slice(0, at + 1).reverse())] };
  });
}
