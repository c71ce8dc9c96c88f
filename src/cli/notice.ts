import { styleFor } from "./style";
import { tell } from "./output";

/** A remark for a person, on stderr: of what goes by itself only on a terminal. */
export function notice(text: string, { always = false } = {}): void {
  if (!always && !process.stderr.isTTY) return;
  tell(`${styleFor(process.stderr)("dim", `sandstack: ${text}`)}\n`);
}
