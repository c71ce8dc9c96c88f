import { invalidOption } from "./error";

export const AFTER_END = ["recreate", "leave"] as const;
/**
 * What the next `up` does about a declared instance that has ended by itself or was killed: `recreate` makes it anew,
 * `leave` changes nothing.
 */
export type AfterEnd = (typeof AFTER_END)[number];

/** What is done where nothing is said: a task has run, and is not to be run twice. */
export function defaultAfterEnd(task: unknown): AfterEnd {
  return task === undefined || task === null ? "recreate" : "leave";
}

/** @throws SandstackError INVALID_OPTION */
export function parseAfterEnd(value: unknown): AfterEnd {
  if (AFTER_END.includes(value as AfterEnd)) return value as AfterEnd;
  throw invalidOption("afterEnd", value, AFTER_END.map((one) => JSON.stringify(one)).join(" or "));
}
