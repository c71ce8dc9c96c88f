import { constants } from "node:buffer";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { StringDecoder } from "node:string_decoder";
import { SandstackError } from "../../src/model/error";
import { Utf8Check } from "./utf8-check";

/** Where one of a command's outputs goes. */
export interface Output {
  /** What was kept of it so far. */
  readonly text: string;
  /** Bytes that are no UTF-8 have come, for which others stand in the text. */
  readonly replaced: boolean;
  /** Takes a piece; a promise says when the next may come. */
  write(bytes: Buffer): void | Promise<void>;
  /** No more will come. */
  end(): void | Promise<void>;
}

/** Text: kept, and handed to a callback piece by piece, a character never in two. */
export class TextOutput implements Output {
  text = "";
  private readonly decoder = new StringDecoder("utf8");
  private readonly check = new Utf8Check();

  constructor(
    private readonly callback: ((text: string) => void | Promise<void>) | undefined,
    private readonly limit = constants.MAX_STRING_LENGTH,
  ) {}

  get replaced(): boolean {
    return this.check.failed;
  }

  write(bytes: Buffer): void | Promise<void> {
    this.check.add(bytes);
    return this.add(this.decoder.write(bytes));
  }

  end(): void | Promise<void> {
    this.check.end();
    return this.add(this.decoder.end());
  }

  private add(text: string): void | Promise<void> {
    if (text === "") return;
    if (this.text.length + text.length > this.limit) throw tooMuch(this.limit);
    this.text += text;
    return pending(this.callback?.(text));
  }
}

/** Bytes as they are, to a stream that says when it can take more. Nothing is kept, and the stream stays open. */
export class StreamOutput implements Output {
  readonly text = "";
  readonly replaced = false;

  constructor(private readonly stream: Writable) {}

  write(bytes: Buffer): void | Promise<void> {
    if (this.stream.write(bytes)) return;
    return this.drained();
  }

  end(): void {}

  private async drained(): Promise<void> {
    const closed = new AbortController();
    const drained = new Promise<void>((resolve) => this.stream.once("drain", resolve));
    try {
      await Promise.race([drained, finished(this.stream, { signal: closed.signal })]);
    } finally {
      closed.abort();
    }
  }
}

/** Bytes of a terminal, to a callback. */
export class BytesOutput implements Output {
  readonly text = "";
  readonly replaced = false;

  constructor(private readonly callback: ((bytes: Uint8Array) => void | Promise<void>) | undefined) {}

  write(bytes: Buffer): void | Promise<void> {
    return pending(this.callback?.(bytes));
  }

  end(): void {}
}

/** Whatever else a callback gives is not waited for. */
function pending(given: unknown): Promise<void> | undefined {
  return given instanceof Promise ? (given as Promise<void>) : undefined;
}

function tooMuch(limit: number): SandstackError {
  return new SandstackError("LIMIT", `The command wrote more than the ${limit} characters that a string can hold.`, {
    hint: "Give run() a stream as `stdout`: nothing is kept then.",
  });
}
