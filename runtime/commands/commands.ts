import { SandstackError } from "../../src/model/error";
import { Fields, FieldWriter } from "../../src/model/fields";
import { SpawnFlag, StdinFlag, Tag, Verb } from "../../src/model/protocol";
import { sendBody, type Body } from "../body";
import { BODY, CALL, checkArgument, checkOptions, PID } from "../checks";
import type { Envs } from "../../src/model/envs";
import type { GuestClient } from "../guest/client";
import { openStream, request } from "../guest/open-stream";
import { CommandHandle } from "./command-handle";
import type { CommandResult } from "./command-result";
import { Execution } from "./execution";
import { explaining } from "./explain-start";
import { outputsOf, OUTPUTS, RUN, spawnFields, type OutputOptions, type RunOptions } from "./run-options";

/** A command that runs in the sandbox. */
export interface CommandInfo {
  pid: number;
  /** Its arguments, joined by spaces; at most 4 KiB. */
  cmd: string;
  cwd: string;
  user: string;
  startedAt: Date;
  /** It outlives the client that started it. */
  background: boolean;
  /** It is the sandbox's task. */
  task: boolean;
  /** It has a terminal. */
  pty: boolean;
}

/** The options that every call takes. */
export interface CommandCallOptions {
  /** Aborting rejects with ABORTED; a call that has not been sent is not. */
  signal?: AbortSignal;
}

export type ConnectOptions = OutputOptions & CommandCallOptions;

/** Commands in a sandbox. Every call throws SandstackError ENDED once the sandbox has ended. */
export class Commands {
  constructor(
    private readonly client: GuestClient,
    private readonly envs: Envs,
  ) {}

  /**
   * Runs a command. A string runs under `/bin/sh -lc`; an array is executed as it is.
   * @throws CommandExitError when it does not exit with 0 (code TIMEOUT at `timeoutMs`), unless `reject: false`
   * @throws SandstackError NOT_FOUND, NOT_EXECUTABLE, BAD_PATH, UNKNOWN_USER or USER_REFUSED where it can't start
   */
  run(cmd: string | readonly string[], options: RunOptions & { background: true }): Promise<CommandHandle>;
  run(cmd: string | readonly string[], options?: RunOptions & { background?: false }): Promise<CommandResult>;
  run(cmd: string | readonly string[], options?: RunOptions): Promise<CommandHandle | CommandResult>;
  async run(cmd: string | readonly string[], options: RunOptions = {}): Promise<CommandHandle | CommandResult> {
    checkOptions("The command", options, RUN);
    const { background = false, stdin = false, signal, reject = true } = options;
    const flags = (background ? SpawnFlag.BACKGROUND : 0) | (stdin === false ? 0 : SpawnFlag.STDIN);
    const fields = spawnFields(cmd, options, this.envs).number(Tag.FLAGS, flags);
    const waits = this.client.ready(fields);
    if (waits) await waits;
    const outputs = outputsOf(options);
    const execution = new Execution(this.client, Verb.SPAWN, fields, { ...outputs, signal, reject });
    if (typeof stdin !== "boolean") void sendBody(execution.stream, stdin);
    const started = background ? this.handleOf(execution, outputs) : execution.wait();
    return started.catch(explaining(this.client, cmd, options, this.envs));
  }

  /** The commands that run now, of every client. */
  async list(options: CommandCallOptions = {}): Promise<CommandInfo[]> {
    checkOptions("The list of commands", options, CALL);
    const found: CommandInfo[] = [];
    const onEvent = (event: Fields) => void found.push(...event.nested(Tag.ENTRY).map(infoOf));
    await openStream(this.client, "The list of commands", options.signal, Verb.COMMANDS, undefined, { onEvent }).end;
    return found;
  }

  /** Ends a command, and all that came from it, by SIGKILL. False where there is no such command. */
  async kill(pid: number, options: CommandCallOptions = {}): Promise<boolean> {
    const fields = pidFields(pid);
    checkOptions("kill()", options, CALL);
    try {
      await request(this.client, "kill()", options.signal, Verb.KILL, fields);
      return true;
    } catch (error) {
      if (error instanceof SandstackError && error.code === "NO_SUCH_COMMAND") return false;
      throw error;
    }
  }

  /**
   * Writes to the stdin of a command that was started with `stdin: true`, and returns when it is written.
   * @throws SandstackError NO_SUCH_COMMAND; BAD_REQUEST where its stdin was not asked for
   */
  async sendStdin(pid: number, data: Body, options: CommandCallOptions = {}): Promise<void> {
    const fields = pidFields(pid);
    checkArgument("data", data, BODY);
    checkOptions("sendStdin()", options, CALL);
    const stream = openStream(this.client, "sendStdin()", options.signal, Verb.STDIN, fields);
    await sendBody(stream, data);
    await stream.end;
  }

  /** Closes the stdin of a command, after all that was sent. */
  async closeStdin(pid: number, options: CommandCallOptions = {}): Promise<void> {
    const fields = pidFields(pid).number(Tag.FLAGS, StdinFlag.CLOSE);
    checkOptions("closeStdin()", options, CALL);
    const stream = openStream(this.client, "closeStdin()", options.signal, Verb.STDIN, fields);
    stream.finish();
    await stream.end;
  }

  /**
   * Attaches to a command in the background, also until a minute after its end: first comes what is kept of its output
   * (the last 1 MiB), then what it goes on to write.
   * @throws SandstackError NO_SUCH_COMMAND
   */
  async connect(pid: number, options: ConnectOptions = {}): Promise<CommandHandle> {
    const fields = pidFields(pid);
    checkOptions("connect()", options, { ...OUTPUTS, ...CALL });
    const { signal, reject = true } = options;
    const outputs = outputsOf(options);
    const execution = new Execution(this.client, Verb.ATTACH, fields, { ...outputs, signal, reject });
    return this.handleOf(execution, outputs);
  }

  /** Starts the sandbox's task: it outlives this process, which does not live for it either; the sandbox ends with it. */
  async startTask(argv: readonly string[]): Promise<CommandHandle> {
    const fields = spawnFields(argv, { timeoutMs: 0 }, this.envs).number(Tag.FLAGS, SpawnFlag.NO_OUTPUT);
    await this.client.ready(fields);
    const outputs = outputsOf({});
    const execution = new Execution(this.client, Verb.TASK, fields, { ...outputs, reject: true });
    const handle = await this.handleOf(execution, outputs).catch(explaining(this.client, argv, {}, this.envs));
    execution.release();
    return handle;
  }

  private async handleOf(execution: Execution, outputs: ReturnType<typeof outputsOf>): Promise<CommandHandle> {
    const reply = await execution.stream.reply;
    return new CommandHandle(reply.number(Tag.PID) ?? 0, reply.number(Tag.DROPPED) ?? 0, this, execution, outputs);
  }
}

/** @throws SandstackError INVALID_OPTION */
export function pidFields(pid: number): FieldWriter {
  checkArgument("pid", pid, PID);
  return new FieldWriter().number(Tag.PID, pid);
}

function infoOf(entry: Fields): CommandInfo {
  const flags = entry.number(Tag.FLAGS) ?? 0;
  return {
    pid: entry.number(Tag.PID) ?? 0,
    cmd: entry.text(Tag.COMMAND) ?? "",
    cwd: entry.text(Tag.CWD) ?? "",
    user: entry.text(Tag.USER) ?? "",
    startedAt: new Date(entry.number(Tag.STARTED) ?? 0),
    background: (flags & SpawnFlag.BACKGROUND) !== 0,
    task: (flags & SpawnFlag.TASK) !== 0,
    pty: entry.number(Tag.TTY) === 1,
  };
}
