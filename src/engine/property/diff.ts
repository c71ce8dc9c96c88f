import { formatPath, type PropertyPath } from "./path";
import { equal, isMap, signatureOf, type PropertyMap, type PropertyValue } from "./value";

export type DiffKind = "add" | "delete" | "update";

/** What one property's change means. */
export interface PropertyDiff {
  kind: DiffKind;
  /** The change makes a new resource necessary. */
  replace: boolean;
  /** It is the program that changed, not the world. */
  input: boolean;
}
export type DetailedDiff = Record<string, PropertyDiff>;

/** Every property that differs, by its path, as deep as the two have the same shape. */
export function diffProperties(old: PropertyMap, now: PropertyMap): DetailedDiff {
  const found: DetailedDiff = {};
  walk([], old, now, (path, kind) => {
    found[formatPath(path)] = { kind, replace: false, input: true };
  });
  return found;
}

function walk(
  path: PropertyPath,
  old: PropertyValue,
  now: PropertyValue,
  report: (path: PropertyPath, kind: DiffKind) => void,
): void {
  if (equal(old, now)) return;
  const comparable = isMap(old) && isMap(now) && signatureOf(old) === undefined && signatureOf(now) === undefined;
  if (!comparable && !(Array.isArray(old) && Array.isArray(now))) return report(path, "update");
  const [before, after] = [new Map(entries(old)), new Map(entries(now))];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [one, other] = [before.get(key), after.get(key)];
    if (one === undefined) report([...path, key], "add");
    else if (other === undefined) report([...path, key], "delete");
    else walk([...path, key], one, other, report);
  }
}

function entries(value: PropertyValue): [string | number, PropertyValue][] {
  return Array.isArray(value) ? [...value.entries()] : Object.entries(value as PropertyMap);
}

/** The top properties of paths, each once. */
export function topKeys(detailed: DetailedDiff): string[] {
  return [
    ...new Set(Object.keys(detailed).map((path) => /^(?:\["(.*?)"\]|([^.[]+))/.exec(path)?.slice(1).join("") ?? path)),
  ];
}
