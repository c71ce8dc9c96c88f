import { SandstackError } from "../../src/model/error";
import { Fields, FieldWriter } from "../../src/model/fields";
import type { GuestLink } from "../../src/model/guest-link";
import type { Transport } from "../../src/model/tier";
import { GuestFlag, HelloFlag, MAX_PAYLOAD, MAX_REQUEST, PROTOCOL_VERSION, Tag, Type } from "../../src/model/protocol";
import { Deferred } from "./deferred";
import { encodeFrame, encodeHeader, FrameDecoder, type Frame } from "./frames";
import { errorOf, GuestStream, type StreamListener, type StreamOwner } from "./stream";

/** What a lost connection means to whoever waits for an answer. */
export type ExplainLoss = (cause: Error | undefined) => Promise<SandstackError>;

/** Bytes from which on it is quicker to send a payload from where it is than to copy it behind its header. */
const LARGE = 16_384;
/** The field in front of a request's own. */
const VERB_BYTES = new FieldWriter().number(Tag.VERB, 0).length;

/**
 * The client's end of the guest protocol: many streams over one connection. It does not wait for the guest's hello, so
 * a first request is on its way with the client's own. While no stream is open the connection does not keep the process
 * alive.
 */
export class GuestClient implements GuestLink, StreamOwner {
  private readonly decoder = new FrameDecoder();
  private readonly streams = new Map<number, GuestStream>();
  private readonly greeted = new Deferred<Fields>();
  private nextStream = 1;
  /** Known since the guest's hello was looked at by ready(). */
  private takesParts = false;
  /** Who waits for something to come. */
  private readonly holders = new Set<object>([this]);
  /** Said by the guest, or found out by us, before the connection closed. */
  private reason: Error | undefined;
  private lost: Promise<SandstackError> | undefined;

  constructor(
    private readonly socket: Transport,
    private readonly explainLoss: ExplainLoss,
    leash = false,
  ) {
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("error", (error) => (this.reason ??= error));
    socket.on("close", () => void this.lose());
    void this.greeted.promise.finally(() => this.release(this)).catch(() => {});
    const hello = new FieldWriter()
      .number(Tag.VERSION_MIN, PROTOCOL_VERSION)
      .number(Tag.VERSION_MAX, PROTOCOL_VERSION)
      .text(Tag.SOFTWARE, "sandstack")
      .number(Tag.FLAGS, leash ? HelloFlag.LEASH : undefined);
    this.send(Type.HELLO, 0, 0, hello.finish());
  }

  /** The fields of the guest's hello. Rejects when the connection is lost before it. */
  get hello(): Promise<Fields> {
    return this.greeted.promise;
  }

  /**
   * Waits, for a request that is larger than a frame, until it is known that the guest takes it in several. One that is not
   * is ready at once, and may go out before the guest has said anything.
   * @throws SandstackError LIMIT for one that is too large, or for a guest of an older version
   */
  ready(fields: FieldWriter): Promise<void> | undefined {
    const bytes = fields.length + VERB_BYTES;
    if (bytes <= MAX_PAYLOAD) return undefined;
    if (bytes > MAX_REQUEST) throw tooLarge(bytes);
    return this.hello.then((hello) => {
      this.takesParts = ((hello.number(Tag.FLAGS) ?? 0) & GuestFlag.PARTS) !== 0;
      if (!this.takesParts) throw tooLargeForOlder(bytes);
    });
  }

  /**
   * Opens a stream.
   * @throws SandstackError LIMIT when the request is larger than a frame, and was not waited for by ready()
   */
  open(verb: number, fields?: FieldWriter, listener: StreamListener = {}): GuestStream {
    const head = new FieldWriter().number(Tag.VERB, verb).finish();
    const payload = fields ? Buffer.concat([head, fields.finish()]) : head;
    if (payload.length > (this.takesParts ? MAX_REQUEST : MAX_PAYLOAD)) throw tooLarge(payload.length);
    const stream = new GuestStream(this.nextStream, this, listener);
    this.nextStream += 2;
    this.streams.set(stream.id, stream);
    this.hold(stream);
    if (this.lost) void this.lost.then((error) => stream.fail(error));
    else this.sendRequest(stream.id, payload);
    return stream;
  }

  async request(verb: number, fields?: FieldWriter): Promise<Fields> {
    const waits = fields && this.ready(fields);
    if (waits) await waits;
    return this.open(verb, fields).end;
  }

  /** Sends a request, in several frames that nothing comes between where one is not enough. */
  private sendRequest(stream: number, payload: Buffer): void {
    this.together(() => {
      let at = 0;
      for (; payload.length - at > MAX_PAYLOAD; at += MAX_PAYLOAD) {
        this.send(Type.PART, stream, 0, payload.subarray(at, at + MAX_PAYLOAD));
      }
      this.send(Type.OPEN, stream, 0, payload.subarray(at));
    });
  }

  /** @throws SandstackError saying why the connection is lost, where it is */
  async requireOpen(): Promise<void> {
    if (this.lost) throw await this.lost;
  }

  /** Closes the connection, for this reason; the guest ends what was in the foreground on it. */
  close(reason: SandstackError): void {
    this.reason ??= reason;
    this.socket.destroy();
  }

  /** Why the sandbox is over, for a command that was ended with it. */
  async explainEnd(): Promise<SandstackError> {
    const error = await this.explainLoss(undefined);
    // It may take longer to go than we wait.
    return error.code === "ENDED" ? error : new SandstackError("ENDED", "The command was ended with its sandbox.");
  }

  send(type: number, stream: number, channel: number, payload?: Uint8Array, sent?: () => void): void {
    if (this.socket.destroyed) return sent?.();
    if (payload === undefined || payload.byteLength < LARGE) {
      this.socket.write(encodeFrame(type, stream, channel, payload), sent);
      return;
    }
    // Without a copy.
    this.together(() => {
      this.socket.write(encodeHeader(type, stream, channel, payload.byteLength));
      this.socket.write(payload, sent);
    });
  }

  together<T>(sends: () => T): T {
    this.socket.cork();
    try {
      return sends();
    } finally {
      this.socket.uncork();
    }
  }

  forget(stream: GuestStream): void {
    this.streams.delete(stream.id);
    this.release(stream);
  }

  /** Keeps the process alive for a stream that is open, as is so from its start on. */
  hold(stream: GuestStream): void {
    if (!this.streams.has(stream.id)) return;
    this.holders.add(stream);
    this.socket.ref();
  }

  /** What comes for it is still handed on, but the process does not live for it. */
  release(holder: object): void {
    this.holders.delete(holder);
    if (this.holders.size === 0) this.socket.unref();
  }

  private receive(bytes: Buffer): void {
    try {
      for (const frame of this.decoder.push(bytes)) this.dispatch(frame);
    } catch (error) {
      this.reason ??= SandstackError.from(error, "PROTOCOL");
      this.socket.destroy();
    }
  }

  private dispatch(frame: Frame): void {
    if (frame.stream !== 0) this.streams.get(frame.stream)?.receive(frame);
    else if (frame.type === Type.HELLO) this.greeted.resolve(new Fields(frame.payload));
    else if (frame.type === Type.ERROR) this.reason ??= errorOf(frame.payload);
  }

  private async lose(): Promise<void> {
    this.lost = this.reason instanceof SandstackError ? Promise.resolve(this.reason) : this.explainLoss(this.reason);
    const error = await this.lost;
    for (const stream of [...this.streams.values()]) stream.fail(error);
    this.greeted.reject(error);
  }
}

/** The way out for whoever asks for too much at once. */
export const PASS_ELSEWHERE = "Pass large data by stdin or as a file rather than as arguments or environment.";

function tooLarge(bytes: number): SandstackError {
  return new SandstackError("LIMIT", `A request of ${bytes} bytes is too large, at most ${MAX_REQUEST} fit.`, {
    hint: PASS_ELSEWHERE,
  });
}

function tooLargeForOlder(bytes: number): SandstackError {
  const message = `A request of ${bytes} bytes is too large for this sandbox, at most ${MAX_PAYLOAD} fit: an older version made it.`;
  return new SandstackError("LIMIT", message, { hint: PASS_ELSEWHERE });
}
