import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameDecoder, type Frame } from "../../../runtime/guest/frames";
import { SandstackError } from "../../../src/model/error";
import { HEADER_BYTES, MAX_PAYLOAD } from "../../../src/model/protocol";

// Not proven: that the guest reads the same; test/guest and test/runtime do that with the real one.

const frame = fc.record({
  type: fc.integer({ min: 1, max: 12 }),
  stream: fc.integer({ min: 0, max: 0xffff_ffff }),
  channel: fc.integer({ min: 0, max: 2 }),
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});
const encode = ({ type, stream, channel, payload }: Frame) => encodeFrame(type, stream, channel, payload);

/** Cuts bytes into pieces of these lengths, in turns. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + (lengths[i % lengths.length] as number);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

describe("frames", () => {
  it("stand on the wire as guest/PROTOCOL.md says", () => {
    expect(encodeFrame(4, 0x01020304, 2, Buffer.from("hey")).toString("hex")).toBe(
      "0300000004030201" + "04020000" + "686579",
    );
  });

  it("come out as they went in, however the bytes are cut", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), lengths, (frames, pieces) => {
        const decoder = new FrameDecoder();
        const found = cut(Buffer.concat(frames.map(encode)), pieces).flatMap((piece) => decoder.push(piece));
        expect(found).toEqual(frames);
      }),
    );
  });

  it("of the largest size pass whole, byte by byte at the borders", () => {
    const payload = Buffer.alloc(MAX_PAYLOAD, 7);
    const bytes = encodeFrame(4, 1, 1, payload);
    const decoder = new FrameDecoder();
    for (const at of [0, 1, 11, 12, bytes.length - 1])
      expect(decoder.push(bytes.subarray(at, nextCut(at, bytes.length)))).toHaveLength(at === bytes.length - 1 ? 1 : 0);
  });

  it.each([
    ["a payload too long", header({ length: MAX_PAYLOAD + 1 }), /65537 bytes, at most 65536/],
    ["no such type", header({ type: 14 }), /type 14/],
    ["type 0", header({ type: 0 }), /type 0/],
    ["no such channel", header({ channel: 3 }), /channel 3/],
    ["something in the reserved place", header({ reserved: 1 }), /reserved/],
  ])("are refused: %s", (_, bytes, message) => {
    expect(() => new FrameDecoder().push(bytes)).toThrow(message);
  });

  it("of garbage are none, and garbage is a PROTOCOL error or waits for more", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 64 }), { maxLength: 40 }), (pieces) => {
        const decoder = new FrameDecoder();
        try {
          for (const piece of pieces) decoder.push(Buffer.from(piece));
        } catch (error) {
          expect(error).toBeInstanceOf(SandstackError);
          expect((error as SandstackError).code).toBe("PROTOCOL");
        }
      }),
      { numRuns: 500 },
    );
  });
});

function nextCut(at: number, end: number): number {
  return [1, 11, 12, end - 1, end].find((cut) => cut > at) as number;
}

function header({ length = 0, type = 4, channel = 0, reserved = 0 }): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt8(type, 8);
  bytes.writeUInt8(channel, 9);
  bytes.writeUInt16LE(reserved, 10);
  return bytes;
}
