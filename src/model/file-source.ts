import { invalidOption } from "./error";
import { refuseUnknown } from "./refuse-unknown";

/** Where a file of an image comes from: a file or directory of this machine, or a text. */
export type FileSource = (DirectorySource | { text: string }) & FileAttributes;

interface DirectorySource {
  path: string;
  /**
   * Of a directory, what of it is taken: patterns as in a .gitignore, relative to it. Default: all. What its own
   * `.sandstackignore` names stays out of either.
   */
  include?: readonly string[];
}

export interface FileAttributes {
  /**
   * Permission bits as octal digits, such as `"0640"`; directories may also be entered by whoever may read them. Default:
   * those that each has on this machine, `"0644"` for a text.
   */
  mode?: string;
  /**
   * `"user"` or `"user:group"`, each a name of the image below or a number. Without a group the user's own; of a number,
   * the same number. Default `"root"`.
   */
  owner?: string;
}

const FORMS =
  'a path, { path, include? } or { text }, with `mode` and `owner` where it is not what is usual, such as { path: "./agent", owner: "agent" }';
/** As many ids as a sandbox has. */
const MAX_ID = 65_535;

/**
 * Checks one entry of `files`, as far as it can be without looking at this machine or the image.
 * @throws SandstackError INVALID_OPTION naming the entry
 */
export function parseFileSource(option: string, given: unknown): FileSource {
  if (typeof given === "string") return { path: given };
  const { path, text } = (given ?? {}) as { path?: unknown; text?: unknown };
  const isPath = typeof path === "string" && text === undefined;
  const isText = typeof text === "string" && path === undefined;
  if (!isPath && !isText) throw invalidOption(option, JSON.stringify(given), FORMS);
  refuseUnknown(`${option}.`, given as object, [...(isPath ? ["path", "include"] : ["text"]), "mode", "owner"]);
  const { include, mode, owner } = given as Record<string, unknown>;
  if (include !== undefined) checkInclude(`${option}.include`, include);
  if (mode !== undefined) parseMode(`${option}.mode`, mode);
  if (owner !== undefined) parseOwner(`${option}.owner`, owner);
  return given as FileSource;
}

function checkInclude(option: string, include: unknown): void {
  const right = Array.isArray(include) && include.length > 0 && include.every((one) => typeof one === "string");
  if (!right) throw invalidOption(option, JSON.stringify(include), 'patterns as in a .gitignore, such as ["*.py"]');
}

/** @throws SandstackError INVALID_OPTION */
export function parseMode(option: string, mode: unknown): number {
  if (typeof mode === "string" && /^0?[0-7]{3}$/.test(mode)) return Number.parseInt(mode, 8);
  throw invalidOption(option, mode, 'octal digits such as "0640"; rights of another user are given to no file');
}

/** Who owns a file: names, or numbers. */
export interface Owner {
  user: string | number;
  group?: string | number;
}

/** @throws SandstackError INVALID_OPTION */
export function parseOwner(option: string, owner: unknown): Owner {
  const found = typeof owner === "string" ? /^([A-Za-z0-9_][\w.-]*)(?::([A-Za-z0-9_][\w.-]*))?$/.exec(owner) : null;
  const [user, group] = [found?.[1], found?.[2]].map((part) => (part && /^\d+$/.test(part) ? Number(part) : part));
  const isLarge = [user, group].some((part) => typeof part === "number" && part > MAX_ID);
  if (user !== undefined && !isLarge) return { user, group };
  throw invalidOption(option, owner, `"user" or "user:group": names of the image, or numbers up to ${MAX_ID}`);
}
