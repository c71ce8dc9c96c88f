import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { afterEach, beforeEach } from "vitest";
import { statePath } from "../../src/model/state-dir";

/** Called at the top of a file or `describe`: each test has a store of its own, empty before and gone after. */
export function useOwnStore(): void {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env["SANDSTACK_STATE_DIR"];
    process.env["SANDSTACK_STATE_DIR"] = mkdtempSync("/var/tmp/sandstack-store-");
  });
  afterEach(() => {
    rmSync(statePath(), { recursive: true });
    process.env["SANDSTACK_STATE_DIR"] = before;
  });
}

/** What builds have left in the store: layers, recipes, manifests, and what lies about unfinished. */
export function storeContent(): { layers: string[]; recipes: string[]; images: string[]; unfinished: string[] } {
  const list = (...parts: string[]) =>
    existsSync(statePath("images", ...parts)) ? readdirSync(statePath("images", ...parts)) : [];
  return {
    layers: list("layers"),
    recipes: list("recipes"),
    images: list().filter((name) => name.endsWith(".json")),
    unfinished: [...list("tmp"), ...list("recipes").filter((name) => name.endsWith(".tmp"))],
  };
}

export const NOTHING = { layers: [], recipes: [], images: [], unfinished: [] };
