import { BLOCK, badArchive, number } from "./tar-header";

/** The places of the pieces in a header of GNU's old sparse format, and in a block that continues its map. */
const IN_HEADER = { at: 386, count: 4, continues: 482 };
const IN_BLOCK = { at: 0, count: 21, continues: 504 };
const SIZE_AT = 483;
const FIELD = 12;
/** The most pieces that one map may hold: memory for it is taken before any of the data comes. */
const MAX_PIECES = 1 << 20;

/** The map of a file with holes in GNU's old format, which stands in its header and in blocks behind that. */
export class GnuSparse {
  private readonly numbers: number[] = [];
  /** The size of the file with its holes. */
  readonly size: number;
  /** More blocks of the map follow. */
  continues: boolean;

  constructor(header: Buffer) {
    this.size = field(header, SIZE_AT);
    this.continues = this.take(header, IN_HEADER);
  }

  add(block: Buffer): void {
    this.continues = this.take(block, IN_BLOCK);
    if (this.numbers.length > 2 * MAX_PIECES) throw badArchive("a sparse map is too large");
  }

  /** The same map as GNU's pax format 1.0 has it, before the data. */
  plain(): Buffer {
    const numbers = [this.numbers.length / 2, ...this.numbers];
    const text = Buffer.from(numbers.map((number) => `${number}\n`).join(""), "latin1");
    return Buffer.concat([text, Buffer.alloc((BLOCK - (text.length % BLOCK)) % BLOCK)]);
  }

  private take(block: Buffer, { at, count, continues }: typeof IN_HEADER): boolean {
    for (let i = 0; i < count; i++) {
      const place = at + i * 2 * FIELD;
      if (block[place] === 0) break;
      this.numbers.push(field(block, place), field(block, place + FIELD));
    }
    return block[continues] !== 0;
  }
}

function field(block: Buffer, at: number): number {
  const value = number(block, at, FIELD);
  if (!Number.isSafeInteger(value) || value < 0) throw badArchive("a sparse map has an impossible number");
  return value;
}
