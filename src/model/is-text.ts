/**
 * Whether a value is a text that reaches a sandbox as it is: half a character (a lone surrogate) would become another
 * one in UTF-8, and a NUL would end it there.
 */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed() && !value.includes("\0");
}
