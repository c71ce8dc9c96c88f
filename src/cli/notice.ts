import { styleFor } from "./style";

/** A remark for a person, on stderr: of what goes by itself only on a terminal. */
export function notice(text: string, { always = false } = {}): void {
  if (!always && !process.stderr.isTTY) return;
  process.stderr.write(`${styleFor(process.stderr)("dim", `sandstack: ${text}`)}\n`);
}
