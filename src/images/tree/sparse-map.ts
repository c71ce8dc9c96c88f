import { BLOCK, badArchive } from "./tar-header";

/** A piece of a file that is data; what lies between the pieces are holes. */
export interface Piece {
  offset: number;
  length: number;
}

/** The most pieces that one map may hold: memory for it is taken before any of the data comes. */
const MAX_PIECES = 1 << 20;

/**
 * The map that the data of a sparse file begins with, in GNU's pax format 1.0: decimal numbers with a newline behind each
 * (how many pieces; then offset and length of each), filled up to a block. It comes in pieces of any size.
 */
export class SparseMap {
  readonly pieces: Piece[] = [];
  /** All of it was there. */
  whole = false;
  private digits = "";
  private announced: number | undefined;
  private open: number | undefined;
  private taken = 0;
  /** The last data is no whole blocks, as only a file's end may be: readers differ in what they take for the next. */
  private partial = false;

  /** @param size of the file */
  constructor(private readonly size: number) {}

  /** Takes the next bytes, and gives how many of them were the map's. @throws SandstackError BAD_ARCHIVE */
  take(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && !this.whole) {
      this.takeByte(bytes[at++] as number);
      this.taken += 1;
      this.whole = this.isComplete && this.taken % BLOCK === 0;
    }
    return at;
  }

  private get isComplete(): boolean {
    return this.open === undefined && this.pieces.length === this.announced;
  }

  private takeByte(byte: number): void {
    if (this.isComplete) {
      if (byte !== 0) throw badArchive("a sparse map is longer than it says");
    } else if (byte === 0x0a && this.digits !== "") {
      this.takeNumber(Number(this.digits));
      this.digits = "";
    } else if (byte >= 0x30 && byte <= 0x39 && this.digits.length < 20) {
      this.digits += String.fromCharCode(byte);
    } else {
      throw badArchive("a sparse map is malformed");
    }
  }

  private takeNumber(number: number): void {
    const last = this.pieces.at(-1);
    const end = last ? last.offset + last.length : 0;
    if (this.announced === undefined) {
      if (number > MAX_PIECES) throw badArchive(`a sparse map of ${number} pieces is too large`);
      this.announced = number;
    } else if (this.open === undefined) {
      if (number < end) throw badArchive("a sparse map is out of order, or has pieces that overlap");
      if (number > this.size) throw badArchive("a sparse map leads past the file's end");
      this.open = number;
    } else {
      if (number > this.size - this.open) throw badArchive("a sparse map leads past the file's end");
      if (number > 0 && this.partial) throw badArchive("a sparse map has a piece that is no whole blocks");
      this.partial ||= number % BLOCK !== 0;
      this.pieces.push({ offset: this.open, length: number });
      this.open = undefined;
    }
  }
}
