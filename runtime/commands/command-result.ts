import { SandstackError } from "../../src/model/error";
import type { Fields } from "../../src/model/fields";
import { How, Tag } from "../../src/model/protocol";

/** How a command ended, and what it wrote. */
export interface CommandResult {
  /** `null` where a signal ended it. */
  exitCode: number | null;
  /** The number of the signal that ended it; `null` where it exited by itself. */
  signal: number | null;
  /** It was ended because its `timeoutMs` was over. */
  timedOut: boolean;
  /** It was ended because the sandbox's memory limit was reached. */
  outOfMemory: boolean;
  /** It wrote bytes that are no UTF-8, for which U+FFFD stands in stdout or stderr. A stream as `stdout` gets bytes as they are. */
  replaced: boolean;
  /** What it wrote, decoded as UTF-8; empty where `stdout` was given a stream. */
  stdout: string;
  /** As stdout. */
  stderr: string;
}

/**
 * A command that did not end with exit code 0.
 * Its code is COMMAND_EXIT, or TIMEOUT where `timeoutMs` was over.
 */
export class CommandExitError extends SandstackError implements CommandResult {
  override readonly name = "CommandExitError";
  readonly exitCode: number | null;
  readonly signal: number | null;
  readonly timedOut: boolean;
  readonly outOfMemory: boolean;
  readonly replaced: boolean;
  readonly stdout: string;
  readonly stderr: string;

  constructor(result: CommandResult) {
    const lastLine = result.stderr.trimEnd().split("\n").at(-1);
    super(result.timedOut ? "TIMEOUT" : "COMMAND_EXIT", describe(result), { hint: lastLine || undefined });
    this.exitCode = result.exitCode;
    this.signal = result.signal;
    this.timedOut = result.timedOut;
    this.outOfMemory = result.outOfMemory;
    this.replaced = result.replaced;
    this.stdout = result.stdout;
    this.stderr = result.stderr;
  }
}

/** A command's result from the fields of its END. */
export function resultOf(fields: Fields, output: Pick<CommandResult, "stdout" | "stderr" | "replaced">): CommandResult {
  const how = fields.number(Tag.HOW);
  return {
    exitCode: fields.number(Tag.EXIT_CODE) ?? null,
    signal: fields.number(Tag.SIGNAL) ?? null,
    timedOut: how === How.TIMEOUT,
    outOfMemory: how === How.OUT_OF_MEMORY,
    ...output,
  };
}

function describe({ exitCode, signal, timedOut, outOfMemory }: CommandResult): string {
  if (timedOut) return "timeoutMs: the command was still running when it was over, and was ended.";
  if (outOfMemory) return "The command was ended because the sandbox's memory limit was reached.";
  return signal === null
    ? `The command ended with exit code ${exitCode}.`
    : `The command was ended by signal ${signal}.`;
}
