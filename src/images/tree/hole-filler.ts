import { setImmediate } from "node:timers/promises";
import { SandstackError } from "../../model/error";
import { throwIfAborted } from "../tool/run-tool";
import type { HoleHandler } from "./sparse-reader";
import { shown, type TarEntry } from "./tar-header";
import type { TarHandler } from "./tar-reader";

/**
 * Bytes of holes that a tree may have in all. Whoever digests or exports it has to go through each as a zero, for the
 * digest is of the bytes, and an archive that others read has them: it must not depend on which blocks a disk has.
 */
export const HOLES_LIMIT = 16 * 2 ** 30;

const ZEROS = Buffer.alloc(1 << 20);
/** Zeros that are handed on before others get their turn. */
const AT_ONCE = 32 * ZEROS.length;

/** Hands holes on as zeros, with pauses; what follows one waits until then. */
export class HoleFiller implements HoleHandler {
  private waiting: (number | (() => void))[] = [];
  private holes = 0;

  constructor(
    private readonly handler: TarHandler,
    private readonly limit: number,
  ) {}

  entry(entry: TarEntry): void {
    this.call(() => this.handler.entry(entry));
  }

  /** @throws SandstackError LIMIT */
  sparse({ path, size }: TarEntry, holes: number): void {
    this.holes += holes;
    if (this.holes <= this.limit) return;
    throw new SandstackError(
      "LIMIT",
      `${shown(path)} has ${size} bytes, of which ${size - holes} are data: an image has at most ${this.limit} bytes of holes in all.`,
      { hint: "Remove it, or make it smaller: whoever reads an image goes through each byte of it." },
    );
  }

  data(piece: Buffer): void {
    this.call(() => this.handler.data(piece));
  }

  hole(bytes: number): void {
    this.waiting.push(bytes);
  }

  done(): void {
    this.call(() => this.handler.done());
  }

  /** Hands on what waits. @param pause awaited now and then */
  async fill(signal?: AbortSignal, pause?: () => Promise<void>): Promise<void> {
    for (const one of this.waiting.splice(0)) {
      if (typeof one === "function") one();
      else await this.zeros(one, signal, pause);
    }
  }

  private call(call: () => void): void {
    if (this.waiting.length > 0) this.waiting.push(call);
    else call();
  }

  private async zeros(bytes: number, signal?: AbortSignal, pause?: () => Promise<void>): Promise<void> {
    for (let left = bytes; left > 0;) {
      const now = Math.min(left, AT_ONCE);
      for (let at = 0; at < now; at += ZEROS.length) this.handler.data(ZEROS.subarray(0, now - at));
      left -= now;
      await pause?.();
      await setImmediate();
      throwIfAborted(signal);
    }
  }
}
