import { createHash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { findLayer, type Layer } from "./layer";
import { readJson, writeJson } from "./json-file";
import { storePath } from "./layout";

/** Counts up when the same declaration is to give other files, so that no layer of an older version is taken. */
const RECIPE_VERSION = 2;

/** All that a layer is made from: whatever is equal here gives an equal layer. */
export type Recipe = Readonly<Record<string, unknown>>;

export function recipeKey(recipe: Recipe): string {
  return createHash("sha256")
    .update(JSON.stringify([RECIPE_VERSION, process.arch, recipe]))
    .digest("hex");
}

/** The layer that was made from a recipe; `undefined` where none was, or it is gone or no longer sound. */
export function findCooked(key: string): Layer | undefined {
  const digest = digestOf(`${key}.json`);
  return digest === undefined ? undefined : findLayer(digest);
}

export function rememberCooked(key: string, layer: Layer): void {
  writeJson(storePath("recipes", `${key}.json`), { layer: layer.digest });
}

/** Forgets every recipe of a layer, so that the next build makes it again. */
export function forgetCooked(layerDigest: string): void {
  for (const name of readdirSync(storePath("recipes"))) {
    if (digestOf(name) === layerDigest) rmSync(storePath("recipes", name), { force: true });
  }
}

function digestOf(name: string): string | undefined {
  const found = readJson(storePath("recipes", name)) as { layer?: unknown } | undefined;
  return typeof found?.layer === "string" && /^[0-9a-f]{64}$/.test(found.layer) ? found.layer : undefined;
}
