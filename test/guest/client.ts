import { once } from "node:events";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { FieldWriter, Fields } from "../../src/model/fields";
import { Channel, HEADER_BYTES, INITIAL_WINDOW, MAX_PAYLOAD, Tag, Type, Verb } from "../../src/model/protocol";

export interface Frame {
  type: number;
  stream: number;
  channel: number;
  payload: Buffer;
}

export function encodeFrame(type: number, stream: number, channel = 0, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32LE(payload.byteLength, 0);
  head.writeUInt32LE(stream, 4);
  head.writeUInt8(type, 8);
  head.writeUInt8(channel, 9);
  return Buffer.concat([head, payload]);
}

/** What a stream was told, and what is still to come. */
export class RawStream {
  out = Buffer.alloc(0);
  err = Buffer.alloc(0);
  outBytes = 0;
  /** How many channels are at their end. */
  eofs = 0;
  readonly events: Fields[] = [];
  replied: Fields | undefined;
  ended: { ok: boolean; fields: Fields } | undefined;
  /** Without it the stream gives no credit back: a reader that stops reading. */
  reads = true;
  /** Without it bytes are counted only. */
  keeps = true;
  /** What the guest will still take. */
  private sendCredit = INITIAL_WINDOW;
  private waiting: (() => void)[] = [];

  constructor(
    readonly client: RawClient,
    readonly id: number,
  ) {}

  send(type: number, payload?: Uint8Array): void {
    this.client.write(encodeFrame(type, this.id, Channel.IN, payload));
  }

  data(text: string | Uint8Array): void {
    this.send(Type.DATA, Buffer.from(text));
  }

  /** Sends as much as the guest gives credit for, until all is sent or the stream has ended. */
  async sendAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      while (this.sendCredit === 0 && !this.ended) await new Promise<void>((wake) => this.waiting.push(wake));
      if (this.ended) return;
      const piece = bytes.subarray(at, at + Math.min(this.sendCredit, MAX_PAYLOAD));
      this.sendCredit -= piece.length;
      at += piece.length;
      this.send(Type.DATA, piece);
    }
  }

  credit(channel: number, bytes: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32LE(bytes);
    this.client.write(encodeFrame(Type.WINDOW, this.id, channel, payload));
  }

  receive(frame: Frame): void {
    if (frame.type === Type.DATA) this.receiveData(frame);
    if (frame.type === Type.EOF) this.eofs++;
    if (frame.type === Type.WINDOW) this.sendCredit += frame.payload.readUInt32LE();
    if (frame.type === Type.REPLY) this.replied = new Fields(frame.payload);
    if (frame.type === Type.EVENT) this.events.push(new Fields(frame.payload));
    if (frame.type === Type.END || frame.type === Type.ERROR)
      this.ended = { ok: frame.type === Type.END, fields: new Fields(frame.payload) };
    for (const wake of this.waiting.splice(0)) wake();
  }

  private receiveData(frame: Frame): void {
    this.outBytes += frame.payload.length;
    if (this.keeps && frame.channel === Channel.OUT) this.out = Buffer.concat([this.out, frame.payload]);
    if (this.keeps && frame.channel === Channel.ERR) this.err = Buffer.concat([this.err, frame.payload]);
    if (this.reads) this.credit(frame.channel, frame.payload.length);
  }

  /** Waits until `test` is true; it is asked again after each frame of this stream. */
  async until(test: () => boolean, what = "a frame"): Promise<void> {
    while (!test()) {
      if (this.ended) throw new Error(`stream ${this.id} ended before ${what}: ${this.text(Tag.MESSAGE) ?? "END"}`);
      await new Promise<void>((wake) => this.waiting.push(wake));
    }
  }

  async reply(): Promise<Fields> {
    await this.until(() => this.replied !== undefined, "its reply");
    return this.replied!;
  }

  /** The fields of END; throws `CODE: message` on ERROR. */
  async end(): Promise<Fields> {
    while (!this.ended) await new Promise<void>((wake) => this.waiting.push(wake));
    if (!this.ended.ok) throw new Error(`${this.text(Tag.CODE)}: ${this.text(Tag.MESSAGE)}`);
    return this.ended.fields;
  }

  private text(tag: number): string | undefined {
    return this.ended?.fields.text(tag);
  }
}

/** A client of the guest that hides nothing: frames by hand. */
export class RawClient {
  readonly own: Frame[] = [];
  closed = false;
  private readonly streams = new Map<number, RawStream>();
  private received: Buffer = Buffer.alloc(0);
  private nextStream = 1;

  private constructor(readonly socket: Duplex) {
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("close", () => (this.closed = true));
    socket.on("error", () => undefined);
  }

  /** Connects without saying anything. */
  static async silent(path: string): Promise<RawClient> {
    const socket = connect(path);
    await once(socket, "connect");
    return new RawClient(socket);
  }

  static async connect(path: string): Promise<RawClient> {
    return (await RawClient.silent(path)).greet();
  }

  /** Over any way in. */
  static over(way: Duplex): RawClient {
    return new RawClient(way).greet();
  }

  private greet(): this {
    this.write(encodeFrame(Type.HELLO, 0, 0, hello()));
    return this;
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  open(verb: number, fields = new FieldWriter()): RawStream {
    const stream = new RawStream(this, this.nextStream);
    this.nextStream += 2;
    this.streams.set(stream.id, stream);
    const head = new FieldWriter().number(Tag.VERB, verb).finish();
    this.write(encodeFrame(Type.OPEN, stream.id, 0, Buffer.concat([head, fields.finish()])));
    return stream;
  }

  /** Opens a stream whose request comes in frames of the largest size, however small it is. */
  openInParts(verb: number, fields: FieldWriter): RawStream {
    const stream = new RawStream(this, this.nextStream);
    this.nextStream += 2;
    this.streams.set(stream.id, stream);
    const payload = Buffer.concat([new FieldWriter().number(Tag.VERB, verb).finish(), fields.finish()]);
    let at = 0;
    for (; payload.length - at > MAX_PAYLOAD; at += MAX_PAYLOAD) {
      this.write(encodeFrame(Type.PART, stream.id, 0, payload.subarray(at, at + MAX_PAYLOAD)));
    }
    this.write(encodeFrame(Type.OPEN, stream.id, 0, payload.subarray(at)));
    return stream;
  }

  /** Sends a piece of a request by hand. */
  part(stream: number): true {
    return this.send(Type.PART, stream, Buffer.alloc(MAX_PAYLOAD));
  }

  send(type: number, stream: number, payload?: Uint8Array): true {
    this.write(encodeFrame(type, stream, 0, payload));
    return true;
  }

  spawn(args: string[], options: SpawnOptions = {}): RawStream {
    return this.open(options.task ? Verb.TASK : Verb.SPAWN, spawnFields(args, options));
  }

  close(): void {
    this.socket.destroy();
  }

  /** Waits for a frame of stream 0. */
  async ownFrame(type: number): Promise<Frame> {
    for (;;) {
      const found = this.own.find((frame) => frame.type === type);
      if (found) return found;
      if (this.closed) throw new Error(`the connection closed before a frame of type ${type}`);
      await Promise.race([once(this.socket, "data"), once(this.socket, "close")]);
    }
  }

  private receive(bytes: Buffer): void {
    this.received = this.received.length ? Buffer.concat([this.received, bytes]) : bytes;
    let at = 0;
    while (this.received.length - at >= HEADER_BYTES) {
      const end = at + HEADER_BYTES + this.received.readUInt32LE(at);
      if (end > this.received.length) break;
      this.take({
        stream: this.received.readUInt32LE(at + 4),
        type: this.received.readUInt8(at + 8),
        channel: this.received.readUInt8(at + 9),
        payload: this.received.subarray(at + HEADER_BYTES, end),
      });
      at = end;
    }
    this.received = this.received.subarray(at);
  }

  private take(frame: Frame): void {
    if (frame.stream === 0) this.own.push(frame);
    else this.streams.get(frame.stream)?.receive(frame);
  }
}

export function hello(min = 1, max = 1): Buffer {
  return new FieldWriter()
    .number(Tag.VERSION_MIN, min)
    .number(Tag.VERSION_MAX, max)
    .bytes(Tag.NONCE, Buffer.from("nonce"))
    .finish();
}

export interface SpawnOptions {
  env?: string[];
  cwd?: string;
  user?: string;
  flags?: number;
  timeout?: number;
  cols?: number;
  rows?: number;
  task?: boolean;
}

function spawnFields(args: string[], options: SpawnOptions): FieldWriter {
  return new FieldWriter()
    .texts(Tag.ARG, args)
    .texts(Tag.ENV, options.env ?? [])
    .text(Tag.CWD, options.cwd)
    .text(Tag.USER, options.user)
    .number(Tag.FLAGS, options.flags ?? 0)
    .number(Tag.TIMEOUT, options.timeout)
    .number(Tag.COLS, options.cols)
    .number(Tag.ROWS, options.rows);
}
