import { Readable } from "node:stream";
import type { GuestStream } from "./guest/stream";

/** Data to send: all at once, or from a stream, which is closed when it is no longer read. */
export type Body = string | ArrayBuffer | Uint8Array | Blob | ReadableStream | AsyncIterable<string | Uint8Array>;

/** Sends all of a body on a stream, and that it is over. What the body's source throws gives the stream up. */
export async function sendBody(stream: GuestStream, body: Body): Promise<void> {
  const pieces = piecesOf(body);
  // A source that waits for its next piece would wait for ever once nobody reads it.
  if (pieces instanceof Readable) stream.end.finally(() => pieces.destroy()).catch(() => {});
  try {
    for await (const piece of pieces as AsyncIterable<string | Uint8Array>) {
      if (!(await stream.write(typeof piece === "string" ? Buffer.from(piece) : piece))) return;
    }
    stream.finish();
  } catch (error) {
    stream.reset(error instanceof Error ? error : new Error(String(error)));
  }
}

function piecesOf(body: Body): Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> {
  if (typeof body === "string" || body instanceof Uint8Array) return [body];
  if (body instanceof ArrayBuffer) return [new Uint8Array(body)];
  if (body instanceof Blob) return Readable.fromWeb(body.stream() as never);
  if (body instanceof ReadableStream) return Readable.fromWeb(body as never);
  return body;
}
