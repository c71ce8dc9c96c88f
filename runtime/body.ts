import { Readable } from "node:stream";
import { invalidOption } from "../src/model/error";
import type { GuestStream } from "./guest/stream";

/** Data to send: all at once, or from a stream, which is closed when it is no longer read. Of a view, the bytes it shows. */
export type Body = Piece | Blob | ReadableStream<Piece> | AsyncIterable<Piece>;
/** The pieces that a stream of data gives. */
type Piece = string | ArrayBuffer | ArrayBufferView;

/** Whether a value is a body: an array or an object is none, for whoever passes one means something else. */
export function isBody(value: unknown): value is Body {
  if (isPiece(value) || value instanceof Blob || value instanceof ReadableStream) return true;
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Sends all of a body on a stream, and that it is over. What the body's source throws gives the stream up. */
export async function sendBody(stream: GuestStream, body: Body): Promise<void> {
  const pieces = piecesOf(body);
  // A source that waits for its next piece would wait for ever once nobody reads it.
  if (pieces instanceof Readable) stream.end.finally(() => pieces.destroy()).catch(() => {});
  try {
    for await (const piece of pieces) if (!(await stream.write(bytesOf(piece)))) return;
    stream.finish();
  } catch (error) {
    stream.reset(error instanceof Error ? error : new Error(String(error)));
  }
}

function piecesOf(body: Body): Iterable<unknown> | AsyncIterable<unknown> {
  if (isPiece(body)) return [body];
  if (body instanceof Blob) return Readable.fromWeb(body.stream() as never);
  if (body instanceof ReadableStream) return Readable.fromWeb(body as never);
  return body;
}

function isPiece(value: unknown): value is Piece {
  return typeof value === "string" || ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** @throws SandstackError INVALID_OPTION for what is no data */
function bytesOf(piece: unknown): Uint8Array {
  if (typeof piece === "string") return Buffer.from(piece);
  if (piece instanceof Uint8Array) return piece;
  if (piece instanceof ArrayBuffer) return new Uint8Array(piece);
  if (ArrayBuffer.isView(piece)) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  throw invalidOption("data", piece, "a stream of strings or bytes");
}
