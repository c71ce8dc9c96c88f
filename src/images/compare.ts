import type { Image } from "../model/image";
import { diffTrees, type TreeDifference } from "./tree/diff";
import { listLayers } from "./tree/list";

export interface ImageDifference {
  files: TreeDifference[];
  /** Names of what differs in their config. */
  config: ("env" | "user" | "cwd")[];
}

/** What differs between two images of the store, file by file as a sandbox would see them. */
export async function compareImages(a: Image, b: Image, signal?: AbortSignal): Promise<ImageDifference> {
  const config = (["env", "user", "cwd"] as const).filter(
    (name) => JSON.stringify(a.config[name]) !== JSON.stringify(b.config[name]),
  );
  if (a.layers.join() === b.layers.join()) return { files: [], config };
  return { files: diffTrees(await listLayers(a.layers, signal), await listLayers(b.layers, signal)), config };
}
