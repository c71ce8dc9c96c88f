import { type Piece, SparseMap } from "./sparse-map";
import { badArchive, shown, type TarEntry } from "./tar-header";
import type { TarHandler } from "./tar-reader";

export interface HoleHandler extends TarHandler {
  /** So many zeros that are not in the archive come next in the last entry's data. */
  hole(bytes: number): void;
  /** The last entry has holes: so many bytes in all, of its size. Called before any of its data. */
  sparse?(entry: TarEntry, holes: number): void;
}

/**
 * Shows the sparse files of an archive as what they are: of their full size, with data and holes in order.
 * @throws SandstackError BAD_ARCHIVE, from its calls, for a map that is not in order, or does not fit the file or its data
 */
export class SparseReader implements TarHandler {
  private entryNow: TarEntry | undefined;
  private map: SparseMap | undefined;
  /** The pieces of the map: which is next, and how much of that has come. */
  private pieces: Piece[] = [];
  private next = 0;
  private ofPiece = 0;
  /** The place in the file where the next byte goes. */
  private at = 0;

  constructor(private readonly handler: HoleHandler) {}

  entry({ sparse, ...entry }: TarEntry): void {
    this.map = sparse && new SparseMap(sparse.size);
    this.entryNow = sparse ? { ...entry, size: sparse.size } : entry;
    this.handler.entry(this.entryNow);
  }

  data(piece: Buffer): void {
    if (this.map === undefined) return this.handler.data(piece);
    const { map } = this;
    let from = 0;
    if (!map.whole) {
      from = map.take(piece);
      if (map.whole) this.begin(map);
    }
    while (from < piece.length) from += this.put(piece.subarray(from));
  }

  done(): void {
    const { map, entryNow } = this;
    if (map) {
      if (!map.whole || this.next < this.pieces.length) throw this.wrong("less data than its map");
      this.skipTo((entryNow as TarEntry).size);
    }
    this.map = undefined;
    this.handler.done();
  }

  private begin(map: SparseMap): void {
    const entry = this.entryNow as TarEntry;
    this.pieces = map.pieces.filter(({ length }) => length > 0);
    this.next = this.ofPiece = this.at = 0;
    const data = this.pieces.reduce((sum, { length }) => sum + length, 0);
    this.handler.sparse?.(entry, entry.size - data);
  }

  /** Hands on what belongs to the piece that is next. @returns how much that was */
  private put(bytes: Buffer): number {
    const piece = this.pieces[this.next];
    if (piece === undefined) throw this.wrong("more data than its map");
    this.skipTo(piece.offset + this.ofPiece);
    const taken = bytes.subarray(0, piece.length - this.ofPiece);
    this.handler.data(taken);
    this.at += taken.length;
    this.ofPiece += taken.length;
    if (this.ofPiece === piece.length) {
      this.next += 1;
      this.ofPiece = 0;
    }
    return taken.length;
  }

  private skipTo(offset: number): void {
    if (offset > this.at) this.handler.hole(offset - this.at);
    this.at = offset;
  }

  private wrong(what: string): Error {
    return badArchive(`the sparse file ${shown((this.entryNow as TarEntry).path)} has ${what}`);
  }
}
