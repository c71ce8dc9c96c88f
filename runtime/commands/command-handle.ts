import type { Commands } from "./commands";
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
   * Waits for its end.
   * @throws CommandExitError when it did not exit with 0, unless it was started with `reject: false`
   * @throws SandstackError ENDED, ROLLED_BACK, or what a callback threw
   */
  wait(): Promise<CommandResult> {
    return this.execution.wait();
  }

  /** Ends it and its process group by SIGKILL. False where it had ended already. */
  kill(): Promise<boolean> {
    return this.commands.kill(this.pid);
  }

  /** As commands.sendStdin. */
  sendStdin(data: string | Uint8Array): Promise<void> {
    return this.commands.sendStdin(this.pid, data);
  }

  /** As commands.closeStdin. */
  closeStdin(): Promise<void> {
    return this.commands.closeStdin(this.pid);
  }

  /** Stops listening to it: it runs on, and commands.connect(pid) finds it again. A pending wait() rejects with ABORTED. */
  disconnect(): void {
    this.execution.stream.reset(new SandstackError("ABORTED", `disconnect() was called on command ${this.pid}.`));
  }
}
