import { changesOf, type Change } from "../changes";
import type { Difference, Old } from "../kind";
import { hasUnknown, UNKNOWN, type Values } from "../values";
import { hasOwnName } from "./check-inputs";
import type { Declaration } from "./declaration";
import type { Type } from "./shape/fields";
import { DEFAULTS } from "./shape/state-shape";

/**
 * What a program has changed, and what somebody else has.
 * @param ignored paths of which a program wants to know no changes
 */
export function differenceOf(
  declaration: Declaration,
  { inputs, outputs }: Old,
  news: Values,
  ignored: readonly string[] = [],
): Difference {
  const [before, after] = [comparable(declaration, inputs), comparable(declaration, news)];
  const asked = changesOf(before, after, declaration.effects).map((change) => takenBack(declaration, change));
  const all = [...asked, ...drift(declaration, asked, after, outputs)];
  const changes = all.filter(
    ({ path }) => !ignored.some((one) => path === one || [".", "["].some((next) => path.startsWith(one + next))),
  );
  return { changes, deletesFirst: declaration.deletesFirst || keepsItsName(declaration, news, changes) };
}

/** There can't be two of one name. */
function keepsItsName({ isNamed }: Declaration, news: Values, changes: readonly Change[]): boolean {
  return isNamed && !hasOwnName(news) && !changes.some(({ path }) => path === "name");
}

/** To take a limit back is not among what an engine can do in place. */
function takenBack({ lasting }: Declaration, change: Change): Change {
  return change.kind === "delete" && lasting.has(change.path) ? { ...change, effect: "replace" } : change;
}

function drift({ drifting }: Declaration, asked: readonly Change[], after: Values, outputs: Values): Change[] {
  return drifting.flatMap((path): Change[] => {
    const [wanted, found] = [after[path], outputs[path]];
    if (wanted === undefined || hasUnknown(wanted) || found === undefined || found === wanted) return [];
    // An engine that cannot limit swap says -1, whatever was asked for.
    if (asked.some((change) => change.path === path) || (path === "memorySwap" && found === -1)) return [];
    return [{ path, kind: "update", effect: "update", input: false }];
  });
}

/** With the defaults, without what is as good as nothing, and sets in one order. */
function comparable({ defaults, sets, shape }: Declaration, values: Values): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ ...defaults, ...values })) {
    if (name === DEFAULTS || isAsNothing(value)) continue;
    const type = shape.inputs[name];
    found[name] = Array.isArray(value) ? comparableList(value, sets.has(name), type) : plain(value, type);
    for (const [inner, list] of Object.entries(found[name] as Record<string, unknown[]>)) {
      if (sets.has(`${name}.${inner}`)) (found[name] as Record<string, unknown>)[inner] = comparableList(list, true);
    }
  }
  return found;
}

function comparableList(list: readonly unknown[], isSet: boolean, type?: Type): unknown[] {
  const inner = typeof type === "object" && "list" in type ? { object: type.list } : undefined;
  const items = list.map((item) => comparableItem(item, inner));
  return isSet ? items.sort((a, b) => (String(a) < String(b) ? -1 : 1)) : items;
}

function comparableItem(item: unknown, type: Type | undefined): unknown {
  if (hasUnknown(item)) return UNKNOWN;
  return typeof item === "object" && item !== null ? JSON.stringify(sorted(plain(item, type))) : item;
}

function isAsNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || value === "" || value === 0 || value === false;
}

/**
 * Without the plugin's own marks, and with nothing where there is as good as nothing. In a map a program has chosen the
 * names, and an empty text says something.
 */
function plain(value: unknown, type: Type | undefined): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const fields = typeof type === "object" && "object" in type ? type.object : {};
  const says = (inner: unknown) => (type === "map" ? inner !== undefined && inner !== null : !isAsNothing(inner));
  const entries = Object.entries(value).filter(([name, inner]) => name !== DEFAULTS && says(inner));
  return Object.fromEntries(entries.map(([name, inner]) => [name, plain(inner, fields[name])]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
