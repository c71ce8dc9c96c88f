import { existsSync, renameSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import { runTool } from "../tool/run-tool";
import { readJson, writeJson } from "./json-file";
import { storePath } from "./layout";
import type { WorkDir } from "./work-dir";

/** One directory tree of the store, named after its content. */
export interface Layer {
  /** sha256 of its contents, in hex. */
  digest: string;
  sizeBytes: number;
}

/** The root of a layer's tree. */
export function layerTree(digest: string): string {
  return storePath("layers", digest, "diff");
}

/** The layer of a digest; `undefined` where it is missing or its entry is no longer sound, by a look at its frame alone. */
export function findLayer(digest: string): Layer | undefined {
  const layer = readJson(storePath("layers", digest, "layer.json")) as Partial<Layer> | undefined;
  if (layer?.digest !== digest || typeof layer.sizeBytes !== "number" || !existsSync(layerTree(digest)))
    return undefined;
  return { digest, sizeBytes: layer.sizeBytes };
}

/**
 * Takes the tree of a work directory into the store, whole or not at all.
 * @param claimed what its digest is said to be
 * @throws SandstackError CORRUPT where it is not; LIMIT for more holes than a layer may have
 */
export async function storeLayer(work: WorkDir, signal?: AbortSignal, claimed?: string): Promise<Layer> {
  const { digestTree } = await import("../tree/digest.js");
  const { digest, sizeBytes } = await digestTree(work.tree, signal);
  if (claimed !== undefined && claimed !== digest) {
    throw new SandstackError(
      "CORRUPT",
      `The image is refused: a layer is said to have the digest ${claimed}, and has ${digest}.`,
    );
  }
  const known = findLayer(digest);
  if (known) return known;
  const target = storePath("layers", digest);
  await rm(target, { recursive: true, force: true });
  const entry = join(work.path, "layer");
  writeJson(join(entry, "layer.json"), { digest, sizeBytes });
  // A layer that a power failure emptied would pass for a sound one.
  await runTool(["sync", "--file-system", entry], { signal });
  try {
    renameSync(entry, target);
  } catch (error) {
    // Another process came first, with the same content from another recipe.
    if (!isNotEmpty(error)) throw error;
  }
  return { digest, sizeBytes };
}

export async function removeLayer(digest: string): Promise<void> {
  await rm(storePath("layers", digest), { recursive: true, force: true });
}

/** Whether a layer's files are still those of its digest. */
export async function verifyLayer(digest: string, signal?: AbortSignal): Promise<boolean> {
  if (!findLayer(digest) || !statSync(layerTree(digest)).isDirectory()) return false;
  const { digestTree } = await import("../tree/digest.js");
  // It was taken in once, whatever the limit was then.
  return (await digestTree(layerTree(digest), signal, Number.POSITIVE_INFINITY)).digest === digest;
}

function isNotEmpty(error: unknown): boolean {
  return ["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "");
}
