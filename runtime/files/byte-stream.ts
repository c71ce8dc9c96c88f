import type { GuestStream, StreamListener } from "../guest/stream";
import { Deferred } from "../guest/deferred";

/**
 * A stream's data as a ReadableStream, which reads no faster than it is read.
 * @param open opens the stream, with the listener that it is given
 */
export function byteStream(open: (listener: StreamListener) => GuestStream): ReadableStream<Uint8Array> {
  let stream: GuestStream;
  let pulled: Deferred<void> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stream = open({
          onData(bytes) {
            controller.enqueue(bytes);
            if ((controller.desiredSize ?? 0) > 0) return;
            pulled = new Deferred();
            return pulled.promise;
          },
        });
        stream.end.then(
          () => controller.close(),
          (error) => controller.error(error),
        );
      },
      pull() {
        pulled?.resolve();
        pulled = undefined;
      },
      cancel(reason) {
        pulled?.resolve();
        stream.reset(reason instanceof Error ? reason : new Error("The reader has cancelled."));
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 65_536 }),
  );
}
