import { SandstackError } from "../../src/model/error";
import type { Fields, FieldWriter } from "../../src/model/fields";
import { Channel, How, Tag } from "../../src/model/protocol";
import type { GuestClient } from "../guest/client";
import { openStream } from "../guest/open-stream";
import type { GuestStream } from "../guest/stream";
import { CommandExitError, resultOf, type CommandResult } from "./command-result";
import type { Output } from "./output";

export interface ExecutionOptions {
  stdout: Output;
  stderr: Output;
  signal?: AbortSignal;
  /** Whether an exit code other than 0 rejects. */
  reject: boolean;
}

/** A command seen through one stream: what it writes, and how it ends. */
export class Execution {
  readonly stream: GuestStream;
  private readonly result: Promise<CommandResult>;

  constructor(
    private readonly client: GuestClient,
    verb: number,
    fields: FieldWriter,
    private readonly options: ExecutionOptions,
  ) {
    const { stdout, stderr, signal } = options;
    this.stream = openStream(client, "The command", signal, verb, fields, {
      onData: (bytes, channel) => (channel === Channel.ERR ? stderr : stdout).write(bytes),
    });
    this.result = this.stream.end.then((end) => this.finish(end));
    this.result.catch(() => {});
  }

  /** Waits for its end, and keeps the process alive for it. */
  wait(): Promise<CommandResult> {
    this.client.hold(this.stream);
    return this.result;
  }

  /** Lets the process end before the command. */
  release(): void {
    this.client.release(this.stream);
  }

  private async finish(end: Fields): Promise<CommandResult> {
    const { stdout, stderr, reject } = this.options;
    await stdout.end();
    await stderr.end();
    const how = end.number(Tag.HOW);
    if (how === How.ROLLED_BACK) throw new SandstackError("ROLLED_BACK", "The command was ended by a rollback.");
    if (how === How.SANDBOX_END) throw await this.client.explainEnd();
    const result = resultOf(end, {
      ...{ stdout: stdout.text, stderr: stderr.text, replaced: stdout.replaced || stderr.replaced },
    });
    if (reject && result.exitCode !== 0) throw new CommandExitError(result);
    return result;
  }
}
