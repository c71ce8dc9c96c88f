import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { SandstackError } from "../../model/error";
import { oneLine } from "../../model/visible";
import { Interrupted } from "../interruption";

/** Somebody sits there who can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Asks on the terminal; on stderr, so that stdout stays what the command prints.
 * @param hidden what is typed does not show
 * @throws Interrupted on Ctrl-C; SandstackError ABORTED at the end of the input
 */
export async function ask(question: string, { hidden = false } = {}): Promise<string> {
  const { stdin, stderr } = process;
  const shown = oneLine(question);
  const nowhere = new Writable({ write: (_bytes, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: hidden ? nowhere : stderr, terminal: true });
  try {
    if (hidden) stderr.write(shown);
    return await new Promise<string>((resolve, reject) => {
      reader.on("SIGINT", () => reject(new Interrupted("SIGINT")));
      reader.on("close", () => reject(new SandstackError("ABORTED", "The question was not answered.")));
      reader.question(hidden ? "" : shown).then(resolve, reject);
    });
  } finally {
    reader.close();
    stdin.pause();
    if (hidden) stderr.write("\n");
  }
}

/**
 * Asks before what can't be undone, on a terminal and unless `--yes`.
 * @throws SandstackError ABORTED unless the answer is yes
 */
export async function confirm(question: string, yes: boolean | undefined): Promise<void> {
  if (yes || !canAsk()) return;
  const answer = await ask(`${question} [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new SandstackError("ABORTED", "Nothing was done.");
}
