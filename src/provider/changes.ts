import { UNKNOWN, type Values } from "./values";

/** What a change of a property brings about. */
export type Effect = "update" | "replace";

/** One property that is other than before. */
export interface Change {
  /** `limits.memory`, `files["/opt/agent"]`. */
  path: string;
  kind: "add" | "delete" | "update";
  effect: Effect;
  /** It is one of the inputs, and not of what was found out about the resource. */
  input: boolean;
}

/** By property, or by the path of one below; of a property that is not here no change matters. */
export type Effects = Readonly<Record<string, Effect>>;

/** What differs between two inputs of a resource. What is not known yet counts as changed. */
export function changesOf(olds: Values, news: Values, effects: Effects): Change[] {
  return keysOf(olds, news).flatMap((name) => {
    if (!Object.keys(effects).some((path) => path === name || path.startsWith(`${name}.`))) return [];
    return compare(name, olds[name], news[name], effects, effects[name]);
  });
}

function compare(path: string, old: unknown, fresh: unknown, effects: Effects, above: Effect | undefined): Change[] {
  const effect = effects[path] ?? above;
  if (isObject(old) && isObject(fresh)) {
    return keysOf(old, fresh).flatMap((name) => compare(join(path, name), old[name], fresh[name], effects, effect));
  }
  if (isNothing(old) && isObject(fresh)) return compare(path, {}, fresh, effects, above);
  if (isObject(old) && isNothing(fresh)) return compare(path, old, {}, effects, above);
  if (effect === undefined || isEqual(old, fresh)) return [];
  return [{ path, kind: isNothing(old) ? "add" : isNothing(fresh) ? "delete" : "update", effect, input: true }];
}

function isEqual(old: unknown, fresh: unknown): boolean {
  if (fresh === UNKNOWN) return false;
  if (isNothing(old) || isNothing(fresh)) return isNothing(old) && isNothing(fresh);
  if (!Array.isArray(old) || !Array.isArray(fresh)) return old === fresh;
  return old.length === fresh.length && old.every((item, index) => isEqual(item, fresh[index]));
}

const isNothing = (value: unknown) => value === undefined || value === null;

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function keysOf(olds: Values, news: Values): string[] {
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
}

function join(path: string, name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
