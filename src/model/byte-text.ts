import { isUtf8 } from "node:buffer";
import { SandstackError } from "./error";

// Names, arguments and variables are bytes to Linux, and strings here. A byte that is no UTF-8 is half a character from
// U+DC80 to U+DCFF, as in Python (PEP 383): such a text goes back into a call as it came, and JSON keeps it.

const HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const BASE = 0xdc00;

/** The text that stands for bytes; bytesOf gives them back. */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString("utf8");
  // Nearly all there is: nothing was replaced.
  if (!text.includes("\ufffd") || isUtf8(bytes)) return text;
  let found = "";
  for (let at = 0; at < buffer.length;) {
    const length = characterAt(buffer, at);
    found += length > 0 ? buffer.toString("utf8", at, at + length) : String.fromCharCode(BASE + (buffer[at] as number));
    at += Math.max(length, 1);
  }
  return found;
}

/** How many bytes the character has that begins there; 0 where none does. */
function characterAt(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

/**
 * The bytes of a text.
 * @throws SandstackError INVALID_OPTION for one that stands for none: half a character that is no byte, or bytes of which
 * another text is the name
 */
export function bytesOf(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const pieces: Buffer[] = [];
  let done = 0;
  for (const { 0: half, index } of text.matchAll(HALF)) {
    const byte = half.charCodeAt(0) - BASE;
    pieces.push(Buffer.from(text.slice(done, index), "utf8"), Buffer.from([byte]));
    done = index + 1;
  }
  const bytes = Buffer.concat([...pieces, Buffer.from(text.slice(done), "utf8")]);
  if (textOf(bytes) === text) return bytes;
  throw new SandstackError("INVALID_OPTION", `${JSON.stringify(text)} has half a character in it.`, {
    hint: "A byte that is no UTF-8 is written as U+DC80 to U+DCFF, and every other character whole.",
  });
}

/** Whether a value is a text that stands for bytes, and has no NUL, which would end it. */
export function isByteText(value: unknown): boolean {
  if (typeof value !== "string" || value.includes("\0")) return false;
  if (value.isWellFormed()) return true;
  try {
    return bytesOf(value).length > 0;
  } catch {
    return false;
  }
}

/** A path for node:fs, which would take half a character for another one. */
export function fsPath(path: string): string | Buffer {
  return path.isWellFormed() ? path : bytesOf(path);
}
