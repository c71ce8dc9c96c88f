import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ImageArgs } from "../../model/image";
import type { ImageLock, StepName } from "../../model/lock";
import { buildLocked } from "../build";
import { type BuildOptions, withContext } from "../context";
import { layerTree, verifyLayer } from "../store/layer";
import { ensureStore, withStoreIn } from "../store/layout";
import { requireRoot } from "../tool/require";
import { diffTrees, type TreeDifference } from "../tree/diff";
import { listLayers } from "../tree/list";
import { movedOn } from "./moved-on";

/** How an image made anew compares with its lock. */
export interface Verdict {
  /** The same bytes. */
  equal: boolean;
  /** Of the image as the lock has it. */
  locked: string;
  /** Of the image made anew; none was made where the lock is not of this declaration. */
  digest?: string;
  /** Parts of the declaration that the lock is not of. */
  movedOn: readonly StepName[];
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
    const build = (name: string) => {
      const store = join(work.path, name);
      mkdirSync(store);
      chmodSync(store, 0o711);
      return withStoreIn(store, () => buildLocked(args, { ...options, lock }));
    };
    const { image, lock: made } = await build("first");
    const verdict = { equal: image.digest === lock.digest, locked: lock.digest, digest: image.digest, movedOn: [] };
    const at = made.layers.findIndex(({ digest }, index) => digest !== lock.layers[index]?.digest);
    const [ours, theirs] = [made.layers[at], lock.layers[at]];
    if (!ours || !theirs) return verdict;
    // An image's layers have the topmost first, a lock's the lowest.
    const seen = (layers: readonly string[]) => layers.slice(layers.length - 1 - at);
    const trees = seen(image.layers);
    const lockedTree = (await verifyLayer(theirs.digest, options.signal)) ? layerTree(theirs.digest) : undefined;
    const others = lockedTree ? [lockedTree, ...trees.slice(1)] : seen((await build("second")).image.layers);
    const files = diffTrees(await listLayers(others, options.signal), await listLayers(trees, options.signal));
    const comparedWith = lockedTree ? ("locked" as const) : ("again" as const);
    const differs = { step: ours.step, locked: theirs.digest, digest: ours.digest, comparedWith, files };
    return { ...verdict, differs };
  });
}
