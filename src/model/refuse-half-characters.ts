import { invalidOption } from "./error";

/**
 * Refuses half a character (a lone surrogate) in any text of a declaration: written down, it would be another one.
 * @param option the declaration's place, for the message
 * @throws SandstackError INVALID_OPTION naming the place
 */
export function refuseHalfCharacters(option: string, given: unknown): void {
  if (typeof given === "string" && !given.isWellFormed()) throw invalidOption(option, given, "a text in UTF-8");
  if (typeof given !== "object" || given === null) return;
  for (const [name, value] of Object.entries(given)) {
    const place = option === "" ? name : `${option}.${name}`;
    refuseHalfCharacters(place, name);
    refuseHalfCharacters(place, value);
  }
}
