import { sep } from "node:path";
import { SandstackError } from "../../model/error";
import { showPosition } from "../deploy/run";
import { isUsersCode } from "./own-code";

/**
 * A program's error as one line that begins with the user's own line, if there is one on its way.
 * @param folder the project's: paths below it are shown relative to it
 */
export function programFailure(thrown: unknown, folder: string): SandstackError {
  if (thrown instanceof SandstackError && thrown.code === "PROGRAM_FAILED") {
    return new SandstackError("PROGRAM_FAILED", relative(thrown.message, folder), {
      cause: thrown.cause,
      hint: thrown.hint,
    });
  }
  const text = thrown instanceof Error ? textOf(thrown) : `threw ${String(thrown)}`;
  const line = thrown instanceof Error ? userLine(thrown.stack ?? "") : undefined;
  const place = line === undefined ? "The program" : showPosition(line, folder);
  const { hint } = (thrown ?? {}) as { hint?: string };
  const said = relative(reword(text), folder);
  return new SandstackError("PROGRAM_FAILED", `${place}: ${said}`, { cause: thrown, hint });
}

/** Our own errors name what is wrong by themselves, also those of another copy of the package. */
function textOf({ name, message }: Error): string {
  const said = message.split("\nRequire stack:")[0];
  return name === "SandstackError" ? String(said) : `${name}: ${said}`;
}

/** The SDK takes an engine that does not know something for an old CLI. */
function reword(text: string): string {
  return text.replace(
    /The (?:Pulumi CLI|installed version of the CLI) does not support (.+?)\.? Please (?:update|upgrade) the Pulumi CLI\.?/,
    "$1: not covered by this engine; the Pulumi CLI runs the same stack on the same state.",
  );
}

/**
 * The first line of a stack that is the user's, as `file:///path#line,column`. A syntax error has none: it names its
 * line before its message.
 */
export function userLine(stack: string): string | undefined {
  for (const line of stack.split("\n")) {
    const [, file = "", row, column] = /^\s+at (?:.*\()?((?:file:\/\/)?\/[^()]+?):(\d+):(\d+)\)?$/.exec(line) ?? [];
    if (file === "" || !isUsersCode(file)) continue;
    return `${file.startsWith("file://") ? file : `file://${file}`}#${row},${column}`;
  }
  const [, file, row] = /^((?:file:\/\/)?\/[^\n]+?):(\d+)\n/.exec(stack) ?? [];
  return file === undefined ? undefined : `${file.startsWith("file://") ? file : `file://${file}`}#${row},1`;
}

function relative(text: string, folder: string): string {
  return text.replaceAll(`${folder}${sep}`, "");
}
