import { invalidOption } from "../src/model/error";
import { FieldWriter } from "../src/model/fields";
import { SpawnFlag, Tag, Verb } from "../src/model/protocol";
import type { Body } from "./body";
import { CALL, CALLBACK, checkArgument, checkOptions, FLAG, NUMBER, PARSED } from "./checks";
import { CommandHandle } from "./commands/command-handle";
import { pidFields, type CommandCallOptions, type Commands } from "./commands/commands";
import { Execution } from "./commands/execution";
import { BytesOutput } from "./commands/output";
import { PLACE, spawnFields, type PlaceOptions } from "./commands/run-options";
import type { Envs } from "../src/model/envs";
import type { GuestClient } from "./guest/client";
import { request } from "./guest/open-stream";

export interface PtySize {
  cols: number;
  rows: number;
}

export interface PtyOutputOptions {
  /** Gets what is shown, as bytes. A promise holds the program up. */
  onData?: (bytes: Uint8Array) => void | Promise<void>;
  signal?: AbortSignal;
}

export interface PtyOptions extends PtySize, PtyOutputOptions, PlaceOptions {
  /** What runs in it, as in commands.run. Default: bash where the image has it, else /bin/sh; as a login shell. */
  cmd?: string | readonly string[];
  /** `false`: it ends with this client. Default true: pty.connect(pid) finds it again. */
  background?: boolean;
}

const SIZE = { cols: NUMBER, rows: NUMBER };
const SIZED = {
  is: (value: unknown) => typeof value === "object" && value !== null,
  right: "an object with cols and rows",
};
const OUTPUT = { onData: CALLBACK, ...CALL };

const SHELL = ["/bin/sh", "-c", "if [ -x /bin/bash ]; then exec /bin/bash -il; else exec /bin/sh -il; fi"];

/** Terminals in a sandbox. */
export class Pty {
  constructor(
    private readonly client: GuestClient,
    private readonly envs: Envs,
    private readonly commands: Commands,
  ) {}

  /**
   * Starts a program with a terminal. Its end is no error, whatever its exit code: `wait()` gives it.
   * @throws SandstackError as commands.run; INVALID_OPTION for a size that is none
   */
  async create(options: PtyOptions): Promise<CommandHandle> {
    checkArgument("options", options, SIZED);
    checkOptions("The command", options, { ...SIZE, ...OUTPUT, ...PLACE, cmd: PARSED, background: FLAG });
    const { cmd = SHELL, background = true, signal, onData } = options;
    const flags = SpawnFlag.PTY | SpawnFlag.STDIN | (background ? SpawnFlag.BACKGROUND : 0);
    const fields = spawnFields(cmd, options, { TERM: "xterm-256color", ...this.envs }).number(Tag.FLAGS, flags);
    addSize(fields, options);
    const waits = this.client.ready(fields);
    if (waits) await waits;
    return this.open(Verb.SPAWN, fields, onData, signal);
  }

  /** Attaches to a terminal again; first comes what is kept of its output. */
  async connect(pid: number, options: PtyOutputOptions = {}): Promise<CommandHandle> {
    const fields = pidFields(pid);
    checkOptions("connect()", options, OUTPUT);
    return this.open(Verb.ATTACH, fields, options.onData, options.signal);
  }

  /** Types into a terminal. */
  sendInput(pid: number, data: Body, options?: CommandCallOptions): Promise<void> {
    return this.commands.sendStdin(pid, data, options);
  }

  /** Tells a terminal, and the program in it, another size. */
  async resize(pid: number, size: PtySize, options: CommandCallOptions = {}): Promise<void> {
    const fields = pidFields(pid);
    checkArgument("size", size, SIZED);
    checkOptions("resize()", size, SIZE);
    checkOptions("resize()", options, CALL);
    await request(this.client, "resize()", options.signal, Verb.RESIZE, addSize(fields, size));
  }

  /** Ends what runs in a terminal, and all that came from it, by SIGKILL. False where there is no such command. */
  kill(pid: number, options?: CommandCallOptions): Promise<boolean> {
    return this.commands.kill(pid, options);
  }

  private async open(
    verb: number,
    fields: FieldWriter,
    onData: PtyOutputOptions["onData"],
    signal: AbortSignal | undefined,
  ): Promise<CommandHandle> {
    const output = new BytesOutput(onData);
    const outputs = { stdout: output, stderr: output };
    const execution = new Execution(this.client, verb, fields, { ...outputs, signal, reject: false });
    const reply = await execution.stream.reply;
    const dropped = reply.number(Tag.DROPPED) ?? 0;
    return new CommandHandle(reply.number(Tag.PID) ?? 0, dropped, this.commands, execution, outputs);
  }
}

function addSize(fields: FieldWriter, { cols, rows }: PtySize): FieldWriter {
  return fields.number(Tag.COLS, checkLength("cols", cols)).number(Tag.ROWS, checkLength("rows", rows));
}

function checkLength(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  throw invalidOption(option, value, "a whole number of characters from 1 to 65535");
}
