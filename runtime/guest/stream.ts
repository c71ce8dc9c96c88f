import { SandstackError, type ErrorCode } from "../../src/model/error";
import { Fields } from "../../src/model/fields";
import { Channel, INITIAL_WINDOW, MAX_PAYLOAD, Tag, Type } from "../../src/model/protocol";
import { Deferred } from "./deferred";
import { guestError } from "./guest-error";
import type { Frame } from "./frames";

/** Credit is given back in pieces of this size, so that small data does not cost a frame each. */
const WINDOW_STEP = INITIAL_WINDOW / 4;

/** What a stream hands on, in the order in which it came. While a promise is pending, nothing more is handed on. */
export interface StreamListener {
  onData?(bytes: Buffer, channel: number): void | Promise<void>;
  onEvent?(fields: Fields): void | Promise<void>;
  /** No more data will come on the channel. */
  onEof?(channel: number): void;
}

/** What a stream needs of its connection. */
export interface StreamOwner {
  /** @param sent called once the payload is not read any more from where it is, also where nobody gets it */
  send(type: number, stream: number, channel: number, payload?: Uint8Array, sent?: () => void): void;
  /** All that is sent meanwhile goes out in one call to the system, as far as that takes it. */
  together<T>(sends: () => T): T;
  /** The stream is over, and its number is not used again. */
  forget(stream: GuestStream): void;
}

/** One request to the guest, and what flows for it. */
export class GuestStream {
  private readonly replied = new Deferred<Fields>();
  private readonly ended = new Deferred<Fields>();
  /** Frames that came while a listener was busy, and how the stream ended. */
  private readonly waiting: (Frame | SandstackError)[] = [];
  private busy = false;
  private over = false;
  private sendCredit = INITIAL_WINDOW;
  /** Bytes on their way out of this process. */
  private leaving = 0;
  private mayGoOn: Deferred<void> | undefined;
  /** Bytes handed on, for which no credit is given back yet; by channel. */
  private readonly owed: [number, number, number] = [0, 0, 0];

  constructor(
    readonly id: number,
    private readonly owner: StreamOwner,
    private readonly listener: StreamListener,
  ) {}

  /** The fields of REPLY; of END where the verb has no REPLY. Rejects with what ended the stream before. */
  get reply(): Promise<Fields> {
    return this.replied.promise;
  }

  /** The fields of END, once all that came before is handed on. Rejects with what ended the stream otherwise. */
  get end(): Promise<Fields> {
    return this.ended.promise;
  }

  /**
   * Sends data, as fast as the guest gives credit for it and the connection takes it. What was written before has left this
   * process then, so its memory may be used for something else; that of these bytes may not before the next write.
   * @returns false when the stream is over; how is told by `end`
   */
  async write(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.byteLength;) {
      while (this.sendCredit === 0 && !this.over) await this.change();
      if (this.over) return false;
      at = this.owner.together(() => this.sendFrom(bytes, at));
    }
    while (this.leaving > bytes.byteLength && !this.over) await this.change();
    return !this.over;
  }

  /** Sends what there is credit for. @returns where the rest begins */
  private sendFrom(bytes: Uint8Array, start: number): number {
    let at = start;
    while (at < bytes.byteLength && this.sendCredit > 0) {
      const size = Math.min(bytes.byteLength - at, this.sendCredit, MAX_PAYLOAD);
      this.sendCredit -= size;
      this.leaving += size;
      this.owner.send(Type.DATA, this.id, Channel.IN, bytes.subarray(at, at + size), () => {
        this.leaving -= size;
        this.wakeWriter();
      });
      at += size;
    }
    return at;
  }

  /** No more data will come from us. */
  finish(): void {
    if (!this.over) this.owner.send(Type.EOF, this.id, Channel.IN);
  }

  /** Gives the stream up: the guest ends what it was for, and nothing more is handed on. */
  reset(reason: Error): void {
    if (this.over) return;
    this.owner.send(Type.RESET, this.id, Channel.IN);
    this.waiting.length = 0;
    this.settle(reason);
  }

  /** Takes a frame of the guest. */
  receive(frame: Frame): void {
    if (frame.type === Type.WINDOW) this.addCredit(frame.payload);
    else this.take(frame);
  }

  /** The connection is lost; what came before is still handed on. */
  fail(error: SandstackError): void {
    this.take(error);
  }

  private take(next: Frame | SandstackError): void {
    if (this.busy) this.waiting.push(next);
    else this.handle(next);
  }

  private handle(next: Frame | SandstackError): void {
    if (this.over) return;
    if (next instanceof SandstackError) return this.settle(next);
    const { type, channel, payload } = next;
    if (type === Type.DATA) this.handOn(() => this.listener.onData?.(payload, channel), channel, payload.length);
    else if (type === Type.EVENT) this.handOn(() => this.listener.onEvent?.(new Fields(payload)), channel, 0);
    else if (type === Type.EOF) this.listener.onEof?.(channel);
    else if (type === Type.REPLY) this.replied.resolve(new Fields(payload));
    else if (type === Type.END) this.settle(undefined, new Fields(payload));
    else if (type === Type.ERROR) this.settle(errorOf(payload));
  }

  private handOn(call: () => void | Promise<void>, channel: number, bytes: number): void {
    try {
      const held = call();
      if (held === undefined) return this.giveBack(channel, bytes);
      this.busy = true;
      held.then(() => this.goOn(channel, bytes)).catch(this.failedListener);
    } catch (error) {
      this.failedListener(error);
    }
  }

  private goOn(channel: number, bytes: number): void {
    this.busy = false;
    this.giveBack(channel, bytes);
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      this.handle(next);
      if (this.busy) return;
    }
  }

  private readonly failedListener = (error: unknown): void => {
    this.busy = false;
    this.reset(error instanceof Error ? error : new Error(String(error)));
  };

  private giveBack(channel: number, bytes: number): void {
    const owed = (this.owed[channel as 0 | 1 | 2] += bytes);
    if (owed < WINDOW_STEP || this.over) return;
    const credit = Buffer.allocUnsafe(4);
    credit.writeUInt32LE(owed);
    this.owed[channel as 0 | 1 | 2] = 0;
    this.owner.send(Type.WINDOW, this.id, channel, credit);
  }

  private addCredit(payload: Buffer): void {
    if (payload.length !== 4)
      throw new SandstackError("PROTOCOL", `The guest sent a credit of ${payload.length} bytes.`);
    this.sendCredit += payload.readUInt32LE();
    this.wakeWriter();
  }

  /** Of credit, of what is leaving, or of whether the stream is over. */
  private change(): Promise<void> {
    return (this.mayGoOn ??= new Deferred()).promise;
  }

  private wakeWriter(): void {
    this.mayGoOn?.resolve();
    this.mayGoOn = undefined;
  }

  private settle(error: Error | undefined, fields?: Fields): void {
    this.over = true;
    this.owner.forget(this);
    if (fields) {
      this.replied.resolve(fields);
      this.ended.resolve(fields);
    } else if (error) {
      this.replied.reject(error);
      this.ended.reject(error);
    }
    this.wakeWriter();
  }
}

/** The error of what the guest refuses or breaks off. */
export function errorOf(payload: Buffer): SandstackError {
  const fields = new Fields(payload);
  const code = (fields.text(Tag.CODE) ?? "INTERNAL") as ErrorCode;
  return guestError(code, fields.text(Tag.MESSAGE) ?? "The guest gave no reason.");
}
