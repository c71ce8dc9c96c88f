import { isMap, isPair, isScalar, isSeq, parseDocument, type Document } from "yaml";
import { SandstackError } from "../../model/error";

/** The most that a project's YAML may have, in bytes and levels: the parser takes quadratic time in some texts. */
export const MOST_YAML = 256 << 10;
const DEEPEST = 100;
/** Levels that begin in one line: some thousands of them end the process in the parser. */
const CROWDED = /^[ \t]*(?:[-?:][ \t]+){50}/m;

/**
 * A YAML text of one document that anybody may have written: bounded in depth, its keys texts, each once.
 * @throws SandstackError CORRUPT naming file and line
 */
export function parseYamlDocument(text: string, path: string): Document {
  if (CROWDED.test(text)) throw tooDeep(path);
  // The parser's own look for the same key twice compares each with each; its warnings would go to the terminal.
  const document = parseDocument(text, { uniqueKeys: false, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) throw corrupt(path, error.linePos?.[0], error.message, error);
  let level: unknown[] = [document.contents];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) throw tooDeep(path);
    level = level.flatMap((node) => below(node, path));
  }
  return document;
}

/** The same as a plain object. */
export function parseYaml(text: string, path: string): object {
  return asObject(parseYamlDocument(text, path), path);
}

/** @throws SandstackError CORRUPT also where aliases make more of it than anybody writes */
export function asObject(document: Document, path: string): object {
  let value: unknown;
  try {
    value = document.toJS();
  } catch (cause) {
    throw corrupt(path, undefined, (cause as Error).message, cause);
  }
  if (value === null || value === undefined) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value;
  throw new SandstackError("CORRUPT", `${path}: is not a mapping.`);
}

function below(node: unknown, path: string): unknown[] {
  if (isSeq(node)) return node.items;
  if (isPair(node)) return [node.value];
  if (!isMap(node)) return [];
  const keys = new Set<unknown>();
  for (const { key } of node.items) {
    const name = isScalar(key) ? key.value : undefined;
    // A key that is a structure would be made a text, and so would each structure in it.
    if (!isScalar(key) && key !== null) throw new SandstackError("CORRUPT", `${path}: a key is no text.`);
    if (keys.has(name)) throw new SandstackError("CORRUPT", `${path}: ${JSON.stringify(name)} stands there twice.`);
    keys.add(name);
  }
  return node.items.map(({ value }) => value);
}

function corrupt(
  path: string,
  at: { line: number; col: number } | undefined,
  message: string,
  cause: unknown,
): SandstackError {
  const place = at === undefined ? path : `${path}:${at.line}:${at.col}`;
  return new SandstackError("CORRUPT", `${place}: ${message.split("\n")[0]}`, { cause });
}

function tooDeep(path: string): SandstackError {
  return new SandstackError("CORRUPT", `${path}: is nested deeper than ${DEEPEST} levels.`);
}
