import { contains, parsePath, reset, type PropertyPath } from "../property/path";
import type { PropertyMap } from "../property/value";
import type { Diff } from "../provider/diff-answer";

/** Inputs in which what is ignored is as it was. Paths that lead nowhere are named. */
export function ignoreChanges(inputs: PropertyMap, old: PropertyMap, patterns: readonly string[]) {
  const nowhere: string[] = [];
  let result = inputs;
  for (const pattern of patterns) {
    const path = parsePath(pattern);
    const changed = path === undefined ? undefined : reset(result, old, path);
    if (changed === undefined) nowhere.push(pattern);
    else result = changed;
  }
  return { inputs: result, nowhere };
}

/** A difference in which a change below one of the patterns makes a new resource necessary. */
export function replaceOnChanges(diff: Diff, patterns: readonly string[]): Diff {
  if (!diff.changed || patterns.length === 0) return diff;
  const paths = patterns.map(parsePath).filter((path): path is PropertyPath => path !== undefined);
  const replaceKeys = new Set(diff.replaceKeys);
  const detailed = { ...diff.detailed };
  for (const [text, property] of Object.entries(diff.detailed)) {
    const path = parsePath(text) ?? [text];
    if (!paths.some((pattern) => contains(pattern, path))) continue;
    detailed[text] = { ...property, replace: true };
    replaceKeys.add(String(path[0]));
  }
  return { ...diff, detailed, replaceKeys: [...replaceKeys] };
}

export type Decision = { op: "same" } | { op: "update" } | { op: "replace"; deleteFirst: boolean };

/** What a difference asks for. */
export function decide(
  diff: Diff,
  old: { initErrors?: readonly string[]; pendingReplacement?: boolean },
  wish: { deleteBeforeReplace: boolean | undefined; providerChanged: boolean; interrupted: boolean },
): Decision {
  const replace = diff.replaceKeys.length > 0 || wish.providerChanged || old.pendingReplacement === true;
  if (replace) return { op: "replace", deleteFirst: wish.deleteBeforeReplace ?? diff.deleteBeforeReplace };
  const unfinished = wish.interrupted || (old.initErrors ?? []).length > 0;
  return { op: diff.changed || unfinished ? "update" : "same" };
}

/** Why something is replaced or updated, in a line. */
export function reasonOf(
  diff: Diff,
  old: { initErrors?: readonly string[]; pendingReplacement?: boolean },
  wish: { providerChanged: boolean; interrupted: boolean },
): string | undefined {
  if (old.pendingReplacement === true) return "was deleted to be replaced";
  if (diff.replaceKeys.length > 0) return `${diff.replaceKeys.join(", ")} changed`;
  if (wish.providerChanged) return "provider changed";
  const paths = Object.keys(diff.detailed);
  if (paths.length > 0) return `${paths.join(", ")} changed`;
  if (wish.interrupted) return "the last update was interrupted";
  if ((old.initErrors ?? []).length > 0) return `did not come up: ${old.initErrors?.join("; ")}`;
  return undefined;
}
