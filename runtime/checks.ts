import { Writable } from "node:stream";
import { isByteText } from "../src/model/byte-text";
import { invalidOption } from "../src/model/error";
import { isText } from "../src/model/is-text";
import { refuseUnknown } from "../src/model/refuse-unknown";
import { throwIfAborted } from "./abort";
import { isBody } from "./body";

/** One option or argument: whether a value is what it takes, and that in words. */
export interface Taken {
  is(value: unknown): boolean;
  right: string;
}

export const TEXT: Taken = { is: isText, right: "a string without NUL and without half a character" };
export const PATH: Taken = {
  is: (value) => isByteText(value) && value !== "",
  right: "a path, a string without NUL and without half a character",
};
export const FLAG: Taken = { is: (value) => typeof value === "boolean", right: "true or false" };
export const NUMBER: Taken = { is: (value) => typeof value === "number", right: "a number" };
export const DEPTH: Taken = {
  is: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  right: "a whole number of levels from 1 on",
};
export const MODE: Taken = {
  is: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0o7777,
  right: "permission bits from 0 to 0o7777",
};
export const PID: Taken = {
  is: (value) => Number.isSafeInteger(value) && (value as number) > 0,
  right: "the number of a command, as its handle and list() give it",
};
export const SIGNAL: Taken = { is: (value) => value instanceof AbortSignal, right: "an AbortSignal" };
export const CALLBACK: Taken = { is: (value) => typeof value === "function", right: "a function" };
export const STREAM: Taken = { is: (value) => value instanceof Writable, right: "a stream that can be written to" };
export const ENVS: Taken = {
  is: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  right: 'names and values such as { LANG: "C.UTF-8" }',
};
export const BODY: Taken = {
  is: isBody,
  right: "a string, bytes (an ArrayBuffer or a view of one), a Blob, or a stream of strings or bytes",
};
export const STDIN: Taken = {
  is: (value) => typeof value === "boolean" || isBody(value),
  right: `true, or ${BODY.right}`,
};

/** An option whose own parser says more. */
export const PARSED: Taken = { is: () => true, right: "" };

/** The options of a call that has no others. */
export const CALL = { signal: SIGNAL };

/** @throws SandstackError INVALID_OPTION naming the argument and the value received */
export function checkArgument(name: string, value: unknown, taken: Taken): void {
  if (!taken.is(value)) throw invalidOption(name, value, taken.right);
}

/**
 * Checks the options of a call before anything is done.
 * @param what is not done if it is aborted already, e.g. "The command"
 * @throws SandstackError INVALID_OPTION naming what there is not, or what has another type; ABORTED
 */
export function checkOptions(what: string, given: unknown, takes: Readonly<Record<string, Taken>>): void {
  if (given === undefined) return;
  const names = Object.keys(takes);
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw invalidOption("options", given, `an object with some of ${names.join(", ")}`);
  }
  refuseUnknown("", given, names);
  for (const name of names) {
    const value = (given as Record<string, unknown>)[name];
    if (value !== undefined) checkArgument(name, value, takes[name] as Taken);
  }
  throwIfAborted(what, (given as { signal?: AbortSignal }).signal);
}
