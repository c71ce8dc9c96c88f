import { onAbort } from "../abort";
import type { Body } from "../body";
import { CALL, checkOptions } from "../checks";
import type { CommandCallOptions, Commands } from "./commands";
import type { CommandResult } from "./command-result";
import type { Execution } from "./execution";
import type { Output } from "./output";
import { SandstackError } from "../../src/model/error";

/** A command in the background, as this process is attached to it. */
export class CommandHandle {
  private ended: CommandResult | undefined;

  constructor(
    /** As the sandbox sees it. */
    readonly pid: number,
    /** Bytes of output that came before this process was attached and are no longer kept. */
    readonly droppedBytes: number,
    private readonly commands: Pick<Commands, "kill" | "sendStdin" | "closeStdin">,
    private readonly execution: Execution,
    private readonly output: { stdout: Output; stderr: Output },
  ) {
    execution.wait().then(
      (result) => (this.ended = result),
      (error: Partial<CommandResult>) => {
        if (error.exitCode !== undefined) this.ended = error as CommandResult;
      },
    );
  }

  /** What it has written so far. */
  get stdout(): string {
    return this.output.stdout.text;
  }

  get stderr(): string {
    return this.output.stderr.text;
  }

  /** `undefined` while it runs, `null` where a signal ended it. */
  get exitCode(): number | null | undefined {
    return this.ended?.exitCode;
  }

  /**
   * Waits for its end. Aborting stops the waiting, not the command.
   * @throws CommandExitError when it did not exit with 0, unless it was started with `reject: false`
   * @throws SandstackError ENDED, ROLLED_BACK, or what a callback threw
   */
  async wait(options: CommandCallOptions = {}): Promise<CommandResult> {
    checkOptions("wait()", options, CALL);
    const ended = this.execution.wait();
    return new Promise((resolve, reject) => {
      ended.then(resolve, reject);
      onAbort("wait()", options.signal, ended, reject);
    });
  }

  /** Ends it, and all that came from it, by SIGKILL. False where it had ended already. */
  kill(options?: CommandCallOptions): Promise<boolean> {
    return this.commands.kill(this.pid, options);
  }

  /** As commands.sendStdin. */
  sendStdin(data: Body, options?: CommandCallOptions): Promise<void> {
    return this.commands.sendStdin(this.pid, data, options);
  }

  /** As commands.closeStdin. */
  closeStdin(options?: CommandCallOptions): Promise<void> {
    return this.commands.closeStdin(this.pid, options);
  }

  /** Stops listening to it: it runs on, and commands.connect(pid) finds it again. A pending wait() rejects with ABORTED. */
  disconnect(): void {
    this.execution.stream.reset(new SandstackError("ABORTED", `disconnect() was called on command ${this.pid}.`));
  }
}
