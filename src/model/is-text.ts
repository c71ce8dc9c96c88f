/**
 * Whether a value is a text that every way leaves as it is: half a character (a lone surrogate) would become another one
 * in UTF-8, and a NUL would end it. (byte-text.ts has what bytes are on the way to a guest.)
 */
export function isText(value: unknown): boolean {
  return typeof value === "string" && value.isWellFormed() && !value.includes("\0");
}
