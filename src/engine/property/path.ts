import { isMap, isSecret, type PropertyMap, type PropertyValue } from "./value";

/** `a.b[0]["c.d"]`, `*` for any key or index. */
export type PropertyPath = (string | number)[];

/** @returns `undefined` for what is no path */
export function parsePath(text: string): PropertyPath | undefined {
  const path: PropertyPath = [];
  const part = /\.?(?:\[(?:"((?:[^"\\]|\\.)*)"|(\d+)|(\*))\]|([^.[\]]+))/y;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    const [, quoted, index, star, name] = match;
    path.push(quoted?.replace(/\\(.)/g, "$1") ?? (index === undefined ? (star ?? name ?? "") : Number(index)));
  }
  return path.length === 0 ? undefined : path;
}

/** How a path is written: the inverse of `parsePath`. */
export function formatPath(path: PropertyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[^.[\]"]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** Does the pattern name this path or something that holds it? */
export function contains(pattern: PropertyPath, path: PropertyPath): boolean {
  return (
    pattern.length <= path.length &&
    pattern.every((part, index) => part === "*" || String(part) === String(path[index]))
  );
}

/**
 * New inputs in which what a pattern names is as it was before.
 * @returns `undefined` where the old or the new inputs lack what would hold it
 */
export function reset(inputs: PropertyMap, old: PropertyMap, pattern: PropertyPath): PropertyMap | undefined {
  return resetIn(inputs, old, pattern) as PropertyMap | undefined;
}

function resetIn(value: PropertyValue, old: PropertyValue, pattern: PropertyPath): PropertyValue | undefined {
  const [head, ...rest] = pattern;
  if (head === undefined) return old;
  if (isSecret(value) || isSecret(old)) {
    const inner = resetIn(isSecret(value) ? value.value : value, isSecret(old) ? old.value : old, pattern);
    return inner === undefined || !isSecret(value) ? inner : { ...value, value: inner };
  }
  if (Array.isArray(value) && Array.isArray(old)) return resetElements(value, old, head, rest);
  if (!isMap(value) || !isMap(old)) return undefined;
  if (head === "*") return resetKeys(value, old, [...new Set([...Object.keys(value), ...Object.keys(old)])], rest);
  return resetKeys(value, old, [String(head)], rest);
}

function resetKeys(value: PropertyMap, old: PropertyMap, keys: string[], rest: PropertyPath): PropertyMap | undefined {
  const result = { ...value };
  for (const key of keys) {
    const before = old[key];
    if (rest.length === 0) {
      if (before === undefined) delete result[key];
      else result[key] = before;
      continue;
    }
    const inner = before === undefined ? undefined : resetIn(value[key] ?? {}, before, rest);
    if (inner === undefined) {
      if (before === undefined && value[key] === undefined) continue;
      return undefined;
    }
    result[key] = inner;
  }
  return result;
}

function resetElements(
  value: PropertyValue[],
  old: PropertyValue[],
  head: string | number,
  rest: PropertyPath,
): PropertyValue[] | undefined {
  const result = [...value];
  const indices = head === "*" ? [...value.keys()] : [Number(head)];
  for (const index of indices) {
    const [now, before] = [value[index], old[index]];
    if (now === undefined || before === undefined) return undefined;
    const inner = resetIn(now, before, rest);
    if (inner === undefined) return undefined;
    result[index] = inner;
  }
  return result;
}
