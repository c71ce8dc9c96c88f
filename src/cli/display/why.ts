import type { Step } from "../../engine";

/**
 * Why a step is taken, in a line: what the world itself tells (`ended 14:05, ttl 15m`), else what the engine says.
 * @param told what a provider has said of the resource, which says most
 */
export function whyOf({ op, diff = {}, oldOutputs = {}, reason, oldInputs }: Step, told?: string): string | undefined {
  if (told !== undefined) return told;
  if (op === "same" || op === "create" || oldInputs === undefined) return undefined;
  const found = Object.keys(diff)
    .filter((path) => diff[path]?.input === false)
    .map((path) => oldOutputs[path]);
  return found.find((value) => typeof value === "string") ?? reason;
}
