import { SandstackError } from "../../src/model/error";
import { Channel, HEADER_BYTES, MAX_PAYLOAD, Type } from "../../src/model/protocol";

/** One frame of the guest protocol (guest/PROTOCOL.md, "Frames"). */
export interface Frame {
  type: number;
  stream: number;
  channel: number;
  payload: Buffer;
}

const EMPTY = Buffer.alloc(0);

/** The bytes of a frame; the payload is at most MAX_PAYLOAD. */
export function encodeFrame(type: number, stream: number, channel: number, payload: Uint8Array = EMPTY): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + payload.byteLength);
  writeHeader(bytes, type, stream, channel, payload.byteLength);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** The bytes that come before a payload of so many. */
export function encodeHeader(type: number, stream: number, channel: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES);
  writeHeader(bytes, type, stream, channel, length);
  return bytes;
}

function writeHeader(bytes: Buffer, type: number, stream: number, channel: number, length: number): void {
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt32LE(stream, 4);
  bytes.writeUInt8(type, 8);
  bytes.writeUInt8(channel, 9);
  bytes.writeUInt16LE(0, 10);
}

/** Finds frames in a stream of bytes, however it is cut. */
export class FrameDecoder {
  private readonly pieces: Buffer[] = [];
  private length = 0;
  /** Nothing can be decoded below this many bytes. */
  private needed = HEADER_BYTES;

  /**
   * The frames that are whole now. Their payloads share the memory of what came.
   * @throws SandstackError PROTOCOL when the bytes are no frames; nothing can be decoded after it
   */
  push(bytes: Buffer): Frame[] {
    this.pieces.push(bytes);
    this.length += bytes.length;
    if (this.length < this.needed) return [];
    const all = this.pieces.length === 1 ? bytes : Buffer.concat(this.pieces);
    const frames: Frame[] = [];
    let at = 0;
    for (this.needed = HEADER_BYTES; all.length - at >= this.needed;) {
      const frame = decode(all, at);
      if (frame === undefined) {
        this.needed = HEADER_BYTES + all.readUInt32LE(at);
        continue;
      }
      frames.push(frame);
      at += HEADER_BYTES + frame.payload.length;
      this.needed = HEADER_BYTES;
    }
    this.pieces.length = 0;
    this.length = all.length - at;
    if (this.length > 0) this.pieces.push(all.subarray(at));
    return frames;
  }
}

/** The frame at a place where a header is whole; `undefined` while its payload is not. */
function decode(bytes: Buffer, at: number): Frame | undefined {
  const length = bytes.readUInt32LE(at);
  const stream = bytes.readUInt32LE(at + 4);
  const type = bytes.readUInt8(at + 8);
  const channel = bytes.readUInt8(at + 9);
  if (length > MAX_PAYLOAD) throw broken(`a payload of ${length} bytes, at most ${MAX_PAYLOAD}`);
  if (type < Type.HELLO || type > Type.PART) throw broken(`type ${type}`);
  if (channel > Channel.ERR) throw broken(`channel ${channel}`);
  if (bytes.readUInt16LE(at + 10) !== 0) throw broken("bytes in a reserved place");
  const start = at + HEADER_BYTES;
  return bytes.length - start < length
    ? undefined
    : { type, stream, channel, payload: bytes.subarray(start, start + length) };
}

function broken(what: string): SandstackError {
  return new SandstackError("PROTOCOL", `The guest sent what is no frame: ${what}.`);
}
