import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { SandstackError } from "../../model/error";
import { splitFrames } from "./frames";

const STDOUT = 1;
const MOST_WORDS = 500;

/** The stdin and stdout of a process in a container, as the engine carries them. */
export class BridgeStream extends Duplex {
  private waiting: Buffer = Buffer.alloc(0);
  /** What it said on stderr. */
  private words = "";

  constructor(private readonly socket: Socket) {
    super({ allowHalfOpen: true });
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("error", (error) => this.destroy(error));
    socket.on("end", () => this.push(null));
    socket.on("close", () => this.destroy(this.words === "" ? undefined : bridgeFailed(this.words)));
  }

  ref(): this {
    this.socket.ref();
    return this;
  }

  unref(): this {
    this.socket.unref();
    return this;
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(bytes, done);
  }

  override _final(done: () => void): void {
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }

  private receive(bytes: Buffer): void {
    const { pieces, rest } = splitFrames(this.waiting.length === 0 ? bytes : Buffer.concat([this.waiting, bytes]));
    this.waiting = rest;
    let wanted = true;
    for (const piece of pieces) {
      if (piece.stream === STDOUT) wanted = this.push(piece.bytes) && wanted;
      else this.words = (this.words + piece.bytes.toString("utf8")).slice(0, MOST_WORDS);
    }
    if (!wanted) this.socket.pause();
  }
}

function bridgeFailed(words: string): SandstackError {
  return new SandstackError("CONNECTION_REFUSED", `The guest can't be reached: ${words.trim()}`);
}
