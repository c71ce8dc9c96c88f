import { utimesSync } from "node:fs";
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
  const path = storePath("pins", `${key}.json`);
  const pins = readJson(path);
  // gc goes by when they were last needed.
  if (pins !== undefined) utimesSync(path, new Date(), new Date());
  return pins;
}

/** Notes that somebody has built from pins of a lock: they are under a key that no declaration has. */
export function noteNeeded(pins: StepPins): void {
  const key = recipeKey({ locked: pins });
  if (findPins(key) === undefined) rememberPins(key, pins);
}

export function rememberPins(key: string, pins: StepPins): void {
  writeJson(storePath("pins", `${key}.json`), pins);
}
