import { SandstackError } from "./error";
import { JsonPlace, pathOf } from "./json-place";

/** Levels of lists and objects: no file of ours has ten, and what walks through a value calls itself for each. */
const MAX_DEPTH = 100;

/**
 * A JSON text that anybody may have written. A name that stands twice in one object is refused, for each program that
 * reads the text takes the one or the other.
 * @param path how messages name the text
 * @throws SandstackError CORRUPT naming the place
 */
export function readJsonText(text: string, path: string): JsonPlace {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SandstackError("CORRUPT", `${path.replace(/:$/, "")} is no JSON: ${(cause as Error).message}.`, {
      cause,
    });
  }
  checkShape(text, path);
  return new JsonPlace(value, path);
}

/** One list or object that the scan is in. */
interface Open {
  /** The names of an object so far; a list has none. */
  names?: Set<string>;
  /** The name or index of what is being read. */
  at: string | number;
}

/** Goes through a text that is known to be JSON. */
function checkShape(text: string, path: string): void {
  const open: Open[] = [];
  let wantsName = false;
  const place = (parents: readonly Open[]) => parents.reduce((outer, { at }) => pathOf(outer, at), path);
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    const inner = open.at(-1);
    if (sign === '"') {
      const end = endOfString(text, at);
      if (wantsName && inner?.names) {
        inner.at = JSON.parse(text.slice(at, end)) as string;
        if (inner.names.has(inner.at))
          throw new SandstackError("CORRUPT", `${place(open)} stands twice; it should stand once.`);
        inner.names.add(inner.at);
        wantsName = false;
      }
      at = end - 1;
    } else if (sign === "{" || sign === "[") {
      if (open.length === MAX_DEPTH) {
        const where = place(open.slice(0, 5));
        throw new SandstackError("CORRUPT", `${where} is nested too deeply; ${MAX_DEPTH} levels are the most.`);
      }
      wantsName = sign === "{";
      open.push(wantsName ? { names: new Set(), at: "" } : { at: 0 });
    } else if (sign === "}" || sign === "]") {
      open.pop();
      wantsName = false;
    } else if (sign === "," && inner) {
      if (inner.names) wantsName = true;
      else (inner.at as number) += 1;
    }
  }
}

/** Finds where the string ends whose quote is at `start`: behind its last quote. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end + 1;
}
