import type { WriteStream } from "node:tty";

export type Style = "bold" | "dim" | "red" | "green" | "yellow";
const CODES: Record<Style, readonly [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};

/** Colours for a stream: only on a terminal, and never where NO_COLOR is set (no-color.org). */
export function styleFor(
  stream: Pick<WriteStream, "isTTY">,
  env = process.env,
): (style: Style, text: string) => string {
  if (!stream.isTTY || env["NO_COLOR"]) return (_, text) => text;
  return (style, text) => `\x1b[${CODES[style][0]}m${text}\x1b[${CODES[style][1]}m`;
}
