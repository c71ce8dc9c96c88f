import type { StepName, StepPins } from "../../model/lock";
import { readJson, writeJson } from "./json-file";
import { storePath } from "./layout";
import { type Recipe, recipeKey } from "./recipe";

/** Tells a step's declaration from others. */
export function pinsKey(step: StepName, declared: Recipe): string {
  return recipeKey({ pins: step, declared });
}

/** What an earlier build of the same declaration found outside, as it stands there; `undefined` where there was none. */
export function findPins(key: string): unknown {
  return readJson(storePath("pins", `${key}.json`));
}

export function rememberPins(key: string, pins: StepPins): void {
  writeJson(storePath("pins", `${key}.json`), pins);
}
