import type { Sandbox } from "../../runtime";
import type { RunOptions } from "../../runtime";
import type { SandstackError } from "../model/error";
import { exitCodeOf, exitCodeOfStart } from "./exit-code";
import { notice } from "./notice";
import { ownStdin } from "./own-stdin";
import { reportError } from "./report";
import { inShellWords } from "./shell-words";

/** How one command is started. */
export type Start = Pick<RunOptions, "cwd" | "envs" | "signal" | "user"> & {
  /** ms; without it the command may take as long as the sandbox is there. */
  timeout?: number;
};

/**
 * Runs a command in a sandbox as if it were our own: its stdin, stdout and stderr are ours, byte for byte, and no
 * faster than they are read. A terminal is not passed on as stdin: `sandstack shell` is for that.
 * @returns the exit code that a shell would see
 */
export async function passThrough(sandbox: Sandbox, argv: readonly string[], start: Start): Promise<number> {
  const { timeout = 0, ...options } = start;
  const { stdin, stdout, stderr } = process;
  const given = stdin.isTTY ? false : ownStdin();
  try {
    const result = await sandbox.commands.run(argv, {
      ...options,
      timeoutMs: timeout,
      stdin: given,
      stdout,
      stderr,
      reject: false,
    });
    if (result.timedOut) notice("--timeout was over: the command was ended", { always: true });
    if (result.outOfMemory) notice("the sandbox's memory limit was reached: the command was ended", { always: true });
    return exitCodeOf(result);
  } catch (error) {
    const code = exitCodeOfStart(error);
    if (code === undefined) throw error;
    reportError(inShellWords(error as SandstackError, argv));
    return code;
  }
}
