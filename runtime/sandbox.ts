import { isByteText } from "../src/model/byte-text";
import { invalidOption, SandstackError } from "../src/model/error";
import { FieldWriter } from "../src/model/fields";
import { newSnapshotId } from "../src/model/id";
import { Tag, Verb } from "../src/model/protocol";
import type { Connection, Created, TierName, Transport } from "../src/model/tier";
import { parseDuration } from "../src/model/ttl";
import type { CommandHandle } from "./commands/command-handle";
import { Commands } from "./commands/commands";
import { onAbort, untilAborted } from "./abort";
import { CALL, checkOptions, ENVS, FLAG, TEXT } from "./checks";
import { explainLoss } from "./ended";
import { formatEnvs, type Envs } from "../src/model/envs";
import { Files, type CallOptions } from "./files/files";
import { GuestClient } from "./guest/client";
import { request } from "./guest/open-stream";
import { openTransport } from "./guest/transport";
import { HostForwarder } from "./host-forwarder";
import { detailsOf, infoOf, metricsOf, type CpuMark } from "./info";
import type { SandboxDetails, SandboxInfo, SandboxMetrics } from "./info";
import { endSandbox, killAsRoot } from "./kill";
import type { SandboxOptions } from "./options";
import { Pty } from "./pty";
import { waitForResult, type SandboxResult } from "./result";
import type { Snapshot, SnapshotOptions } from "./snapshot";
import { idOf, resolveTarget, type Target } from "./target";

export interface ConnectOptions extends CallOptions {
  /** Environment of every command that this object starts. */
  envs?: Envs;
}

/**
 * A sandbox, and the connection to it.
 * `await using` ends it at the end of the block, also one that connect() gave; disconnect() leaves it running.
 */
export class Sandbox implements AsyncDisposable {
  /** `sbx-…` */
  readonly sandboxId: string;
  readonly tier: TierName;
  /** What another process needs to find it again; JSON.stringify makes it the string that connect() takes. No secret is in it. */
  readonly connection: Connection;
  readonly commands: Commands;
  readonly files: Files;
  readonly pty: Pty;
  private readonly forwarder: HostForwarder;
  private cpuMark: CpuMark | undefined;
  private ownTask: CommandHandle | undefined;

  private constructor(
    connection: Connection,
    private readonly client: GuestClient,
    envs: Envs,
  ) {
    this.connection = connection;
    this.sandboxId = connection.id;
    this.tier = connection.tier;
    this.commands = new Commands(client, envs);
    this.files = new Files(client);
    this.pty = new Pty(client, envs, this.commands);
    this.forwarder = new HostForwarder(client);
  }

  /** Of a sandbox that create() was given a task for. What it writes is in result(), or comes by commands.connect(task.pid). */
  get task(): CommandHandle | undefined {
    return this.ownTask;
  }

  private static async attach({ connection, socket }: Created, envs: Envs, leash = false): Promise<Sandbox> {
    // One that broke while the sandbox was made tells nobody so any more; a new one tells why.
    const open = socket === undefined || socket.destroyed ? await reachOrExplain(connection) : socket;
    const client = new GuestClient(open, (cause) => explainLoss(connection, cause), leash);
    return new Sandbox(connection, client, envs);
  }

  /**
   * Makes a sandbox. Needs root.
   * @throws SandstackError INVALID_OPTION naming option and value, NOT_ROOT, MISSING_TOOL, KERNEL_TOO_OLD, NAME_TAKEN,
   * NO_SUCH_IMAGE, NO_SUCH_SNAPSHOT, BUILD_FAILED, START_FAILED, NO_SPACE, ABORTED; nothing is left then
   */
  static async create(options: SandboxOptions = {}): Promise<Sandbox> {
    const [{ parseOptions }, { makeSandbox }] = await Promise.all([import("./options.js"), import("./create.js")]);
    const parsed = parseOptions(options);
    // With a keeper it is the keeper that looks whether this process is there.
    const leash = parsed.endWithProcess && parsed.tier === "docker";
    const sandbox = await Sandbox.attach(await makeSandbox(parsed, options), options.envs ?? {}, leash);
    if (parsed.task === undefined) return sandbox;
    try {
      sandbox.ownTask = await sandbox.commands.startTask(parsed.task);
      return sandbox;
    } catch (error) {
      await sandbox.kill();
      throw error;
    }
  }

  /**
   * Connects to a sandbox that is there.
   * @param target its `connection` (all that a user without root needs, if its `group` lets it), or its name or id
   * @throws SandstackError ENDED saying when and why, NO_SUCH_SANDBOX, PERMISSION_DENIED, NOT_ROOT for a name or id,
   * VERSION where its guest is too old or too new
   */
  static async connect(target: Target, options: ConnectOptions = {}): Promise<Sandbox> {
    checkOptions("Sandbox.connect()", options, { ...CALL, envs: ENVS });
    const { envs = {}, signal } = options;
    formatEnvs(envs, "envs", isByteText);
    const connection = await untilAborted("Sandbox.connect()", signal, resolveTarget(target));
    const attached = Sandbox.attach({ connection }, envs);
    const sandbox = await untilAborted("Sandbox.connect()", signal, attached).catch((error: unknown) => {
      // One that is given up is closed as soon as it is there.
      attached.then(
        (late) => late.disconnect(),
        () => {},
      );
      throw error;
    });
    onAbort("Sandbox.connect()", signal, sandbox.client.hello, (error) => sandbox.client.close(error));
    const found = (await sandbox.client.hello).text(Tag.ID);
    if (found === connection.id) return sandbox;
    sandbox.disconnect();
    throw new SandstackError("PROTOCOL", `connection: sandbox ${found} answers in the place of ${connection.id}.`);
  }

  /**
   * The sandboxes that run on this machine, oldest first.
   * @throws SandstackError NOT_ROOT
   */
  static async list(options: CallOptions = {}): Promise<SandboxInfo[]> {
    checkOptions("Sandbox.list()", options, CALL);
    const { lookAtAll } = await import("../src/tiers/index.js");
    return (await lookAtAll()).sandboxes.filter(({ state }) => state === "running").map(infoOf);
  }

  /**
   * Waits until a sandbox has ended, and tells how: of a task its exit code and output. Needs root.
   * @throws SandstackError NO_SUCH_SANDBOX, NOT_ROOT, ABORTED; ENDED where it is dead and nobody has seen how
   */
  static async result(target: Target, options: CallOptions = {}): Promise<SandboxResult> {
    checkOptions("Sandbox.result()", options, CALL);
    return waitForResult(idOf(target), options.signal);
  }

  /** As Sandbox.result, of this one. */
  result(options?: CallOptions): Promise<SandboxResult> {
    return Sandbox.result(this.connection, options);
  }

  /**
   * Ends a sandbox whatever state it is in, and returns when nothing of it is left. False where it had ended already.
   * @throws SandstackError NO_SUCH_SANDBOX; without root as connect(), which it needs then
   */
  static async kill(target: Target, options: CallOptions = {}): Promise<boolean> {
    checkOptions("Sandbox.kill()", options, CALL);
    const known = await killAsRoot(target);
    if (known !== undefined) return known;
    try {
      return await (await Sandbox.connect(target)).kill();
    } catch (error) {
      if (error instanceof SandstackError && error.code === "ENDED") return false;
      throw error;
    }
  }

  /**
   * Ends the sandbox with all that runs in it, and returns when nothing is left. False where it had ended already. A signal
   * that is aborted later does not stop what has begun.
   */
  async kill(options: CallOptions = {}): Promise<boolean> {
    checkOptions("kill()", options, CALL);
    const killed = await endSandbox(this.connection, this.client);
    this.forwarder.close();
    return killed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill().then(() => {});
  }

  /** Closes this object's connection: commands in the foreground end, the sandbox runs on. Later calls reject with ABORTED. */
  disconnect(): void {
    this.forwarder.close();
    this.client.close(new SandstackError("ABORTED", `disconnect() was called for sandbox ${this.sandboxId}.`));
  }

  /**
   * Moves the deadline to so long from now.
   * @param ttl ms as a number, or `"15m"`; at most 30 days
   */
  async setTimeout(ttl: number | string, options: CallOptions = {}): Promise<void> {
    checkOptions("setTimeout()", options, CALL);
    const deadline = Date.now() + parseDuration("timeout", ttl);
    await this.client.request(Verb.SET_DEADLINE, new FieldWriter().number(Tag.DEADLINE, deadline));
    const { address, id } = this.connection;
    if (address.kind === "unix") return;
    const { moveDeadline } = await import("../src/tiers/index.js");
    await moveDeadline(address, id, deadline);
  }

  /** Whether it is there and answers. */
  async isRunning(options: CallOptions = {}): Promise<boolean> {
    checkOptions("isRunning()", options, CALL);
    try {
      await request(this.client, "isRunning()", options.signal, Verb.INFO);
      return true;
    } catch (error) {
      if (error instanceof SandstackError && (error.code === "ENDED" || error.code === "ENDING")) return false;
      throw error;
    }
  }

  /** What it is, and until when. */
  async getInfo(options: CallOptions = {}): Promise<SandboxDetails> {
    checkOptions("getInfo()", options, CALL);
    return detailsOf(this.connection, await request(this.client, "getInfo()", options.signal, Verb.INFO));
  }

  /** What it uses now: a list of one. */
  async getMetrics(options: CallOptions = {}): Promise<SandboxMetrics[]> {
    checkOptions("getMetrics()", options, CALL);
    const ask = (verb: number) => request(this.client, "getMetrics()", options.signal, verb);
    const [info, metrics] = await Promise.all([ask(Verb.INFO), ask(Verb.METRICS)]);
    const since = this.cpuMark ?? { at: info.number(Tag.STARTED) ?? 0, used: 0 };
    this.cpuMark = { at: Date.now(), used: (metrics.number(Tag.CPU_NS) ?? 0) / 1e6 };
    return [metricsOf(metrics, since, this.cpuMark)];
  }

  /** Keeps the files as they are now, as after a power cut where commands run; none is ended. */
  async createSnapshot(options: SnapshotOptions & CallOptions = {}): Promise<Snapshot> {
    checkOptions("createSnapshot()", options, { ...CALL, description: TEXT, keep: FLAG });
    const { description = "", keep = false } = options;
    const { tierFor } = await import("../src/tiers/index.js");
    const id = newSnapshotId();
    await tierFor(this.tier).snapshot(this.client, { id, description, keep }, this.connection);
    return { id, sandboxId: this.sandboxId, createdAt: new Date(), description, keep };
  }

  /**
   * Brings the files back. Every process, file stream and watch ends (ROLLED_BACK); id, connection and deadline stay.
   * @throws SandstackError NO_SUCH_SNAPSHOT; nothing has changed then
   */
  async rollback(snapshot: Snapshot | string, options: CallOptions = {}): Promise<void> {
    checkOptions("rollback()", options, CALL);
    const id: unknown = typeof snapshot === "object" ? snapshot?.id : snapshot;
    if (typeof id !== "string" || id === "")
      throw invalidOption("snapshot", id, "a snapshot of this sandbox, or its id");
    const { tierFor } = await import("../src/tiers/index.js");
    await tierFor(this.tier).rollback(this.client, id, this.connection);
  }

  /**
   * Makes a port inside reachable as `127.0.0.1:PORT` of this machine, by anybody on it, until the sandbox or this
   * process ends.
   */
  async getHost(port: number, options: CallOptions = {}): Promise<string> {
    checkOptions("getHost()", options, CALL);
    return this.forwarder.hostFor(port);
  }
}

/** Opens a transport, or says when and why a container ended. A local sandbox's socket says later whether it has. */
async function reachOrExplain(connection: Connection): Promise<Transport> {
  if (connection.address.kind === "unix") return openTransport(connection);
  try {
    return await openTransport(connection);
  } catch (error) {
    throw await explainLoss(connection, error as Error);
  }
}
