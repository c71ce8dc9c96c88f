import type { WriteStream } from "node:tty";
import { visible } from "../model/visible";

export type Style = "bold" | "dim" | "red" | "green" | "yellow";
const CODES: Record<Style, readonly [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};

/** Stands for ESC until a text is printed: nobody else's text can hold it, for it is another one in each process. */
const OWN_ESCAPE = [0, 0].map(() => Math.random().toString(36).slice(2)).join("");

/** Colours for a stream: only on a terminal, and never where NO_COLOR is set (no-color.org). */
export function styleFor(
  stream: Pick<WriteStream, "isTTY">,
  env = process.env,
): (style: Style, text: string) => string {
  if (!stream.isTTY || env["NO_COLOR"]) return (_, text) => text;
  return (style, text) => `${OWN_ESCAPE}[${CODES[style][0]}m${text}${OWN_ESCAPE}[${CODES[style][1]}m`;
}

/** A text for people as it is printed: our own colours are colours, and of what others wrote nothing is obeyed. */
export function present(text: string): string {
  return visible(text).replaceAll(OWN_ESCAPE, "\x1b");
}
