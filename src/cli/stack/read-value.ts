import { text } from "node:stream/consumers";
import { ownStdin } from "../own-stdin";
import { ask, canAsk } from "./ask";

/** A value from stdin: asked for on a terminal, else all of it without the line's end. */
export async function readValue(question: string, options: { hidden?: boolean } = {}): Promise<string> {
  if (canAsk()) return ask(question, options);
  return (await text(ownStdin())).replace(/\r?\n$/, "");
}
