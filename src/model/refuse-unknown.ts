import { SandstackError } from "./error";

/**
 * Refuses an option that there is not.
 * @param prefix stands before each name in the message, e.g. `limits.`
 * @throws SandstackError INVALID_OPTION naming it, and those that there are
 */
export function refuseUnknown(prefix: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new SandstackError("INVALID_OPTION", `${prefix}${unknown}: there is no such option.`, {
    hint: known.length > 0 ? `There are: ${known.map((key) => prefix + key).join(", ")}.` : "There are none.",
  });
}
