import type { Fields, FieldWriter } from "../../src/model/fields";
import { onAbort, throwIfAborted } from "../abort";
import type { GuestClient } from "./client";
import type { GuestStream, StreamListener } from "./stream";

/**
 * Opens a stream that is given up once the signal is aborted.
 * @param what is then aborted, for people, e.g. "The file operation"
 * @throws SandstackError ABORTED where it is already; nothing is sent then
 */
export function openStream(
  client: GuestClient,
  what: string,
  signal: AbortSignal | undefined,
  verb: number,
  fields?: FieldWriter,
  listener?: StreamListener,
): GuestStream {
  throwIfAborted(what, signal);
  const stream = client.open(verb, fields, listener);
  onAbort(what, signal, stream.end, (error) => stream.reset(error));
  return stream;
}

/** Asks the guest one thing; as openStream. */
export async function request(...args: Parameters<typeof openStream>): Promise<Fields> {
  return openStream(...args).end;
}
