import { isUtf8 } from "node:buffer";

/** Whether bytes that come in pieces are UTF-8, wherever they are cut. */
export class Utf8Check {
  failed = false;
  /** The beginning of a character whose rest is to come. */
  private rest: Uint8Array = Buffer.alloc(0);

  add(bytes: Uint8Array): void {
    if (this.failed) return;
    const all = this.rest.length > 0 ? Buffer.concat([this.rest, bytes]) : bytes;
    const whole = all.length - begunAtEnd(all);
    this.failed = !isUtf8(all.subarray(0, whole));
    // A copy: the memory of what came is used again.
    this.rest = Uint8Array.from(all.subarray(whole));
  }

  end(): void {
    this.failed ||= this.rest.length > 0;
  }
}

/** How many bytes at the end begin a character that has more. */
function begunAtEnd(bytes: Uint8Array): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count++) {
    const byte = bytes[bytes.length - count] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > count ? count : 0;
  }
  return 0;
}
