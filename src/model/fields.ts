import { bytesOf, textOf } from "./byte-text";
import { SandstackError } from "./error";

/** Fields: a sequence of `u16 tag, u32 length, bytes`, little endian (guest/PROTOCOL.md). */
export class FieldWriter {
  private readonly parts: Buffer[] = [];
  /** Bytes so far. */
  length = 0;

  bytes(tag: number, value: Uint8Array): this {
    const head = Buffer.allocUnsafe(6);
    head.writeUInt16LE(tag, 0);
    head.writeUInt32LE(value.byteLength, 2);
    this.length += head.length + value.byteLength;
    this.parts.push(head, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    return this;
  }

  /** Adds a text, as the bytes that it stands for; `undefined` adds nothing. */
  text(tag: number, value: string | undefined): this {
    return value === undefined ? this : this.bytes(tag, bytesOf(value));
  }

  /** Adds a number as u64; `undefined` adds nothing. */
  number(tag: number, value: number | undefined): this {
    if (value === undefined) return this;
    const eight = Buffer.allocUnsafe(8);
    eight.writeBigUInt64LE(BigInt(value), 0);
    return this.bytes(tag, eight);
  }

  texts(tag: number, values: Iterable<string>): this {
    for (const value of values) this.text(tag, value);
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.parts);
  }
}

/** What a payload of fields says. A missing field is `undefined`; unknown tags are kept and never looked at. */
export class Fields {
  private readonly found = new Map<number, Buffer[]>();

  constructor(payload: Buffer) {
    for (let at = 0; at < payload.length;) {
      if (payload.length - at < 6)
        throw malformed(`${payload.length - at} bytes are left where a field's head takes 6`);
      const tag = payload.readUInt16LE(at);
      const length = payload.readUInt32LE(at + 2);
      const end = at + 6 + length;
      if (end > payload.length)
        throw malformed(`field ${tag} says ${length} bytes, ${payload.length - at - 6} are left`);
      const value = payload.subarray(at + 6, end);
      const list = this.found.get(tag);
      if (list) list.push(value);
      else this.found.set(tag, [value]);
      at = end;
    }
  }

  bytes(tag: number): Buffer | undefined {
    return this.found.get(tag)?.[0];
  }

  text(tag: number): string | undefined {
    const value = this.bytes(tag);
    return value === undefined ? undefined : textOf(value);
  }

  texts(tag: number): string[] {
    return (this.found.get(tag) ?? []).map((value) => textOf(value));
  }

  number(tag: number): number | undefined {
    const value = this.eight(tag);
    return value && Number(value.readBigUInt64LE(0));
  }

  /** A number that may be below zero. */
  signed(tag: number): number | undefined {
    const value = this.eight(tag);
    return value && Number(value.readBigInt64LE(0));
  }

  private eight(tag: number): Buffer | undefined {
    const value = this.bytes(tag);
    if (value !== undefined && value.length !== 8) {
      throw malformed(`field ${tag} is a number of ${value.length} bytes, not 8`);
    }
    return value;
  }

  /** Nested fields, one for each time the tag stands. */
  nested(tag: number): Fields[] {
    return (this.found.get(tag) ?? []).map((value) => new Fields(value));
  }
}

function malformed(why: string): SandstackError {
  return new SandstackError("PROTOCOL", `The guest sent malformed fields: ${why}.`);
}
