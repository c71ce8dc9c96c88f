import { GnuSparse } from "./gnu-sparse";
import {
  BLOCK,
  badArchive,
  dataBytes,
  makeEntry,
  parseHeader,
  parsePax,
  type RawHeader,
  type TarEntry,
} from "./tar-header";

/** Headers of these types speak of the entry that follows. */
const EXTENSIONS = { x: "pax", g: "pax of all", L: "path", K: "linkpath" } as const;
/** What a header about headers may take: names and attributes, never data. */
const MAX_EXTENSION = 1 << 20;

export interface TarHandler {
  entry(entry: TarEntry): void;
  /** A piece of the last entry's data. */
  data(piece: Buffer): void;
  /** The last entry's data is complete. */
  done(): void;
}

/** Reads a tar archive (v7, ustar, pax, GNU) piece by piece, whatever the pieces' bounds, and keeps no data. */
export class TarReader {
  private partial = Buffer.alloc(0);
  /** Bytes of data still to come, and of zeros behind them. */
  private left = 0;
  private padding = 0;
  private extension: { type: keyof typeof EXTENSIONS; pieces: Buffer[] } | undefined;
  private forAll = new Map<string, string>();
  private forNext = new Map<string, string>();
  /** A header that waits for the rest of its sparse map. */
  private unmapped: RawHeader | undefined;
  private sparse: GnuSparse | undefined;
  private open = false;
  /** An entry was seen. */
  started = false;
  /** The archive's end mark was seen. */
  ended = false;

  constructor(private readonly handler: TarHandler) {}

  /** Takes the next piece, and gives what of it belongs to the archive. */
  write(piece: Buffer): Buffer {
    let at = 0;
    while (at < piece.length && !this.ended) {
      if (this.left > 0) at += this.takeData(piece, at);
      else if (this.padding > 0) at += this.takePadding(piece.length - at);
      else at += this.takeBlock(piece, at);
    }
    return piece.subarray(0, at);
  }

  /** @throws SandstackError BAD_ARCHIVE when the archive broke off */
  finish(): void {
    if (!this.ended) throw badArchive("it ends too early");
  }

  private takeData(piece: Buffer, at: number): number {
    const data = piece.subarray(at, at + this.left);
    this.left -= data.length;
    if (this.extension) this.extension.pieces.push(Buffer.from(data));
    else this.handler.data(data);
    if (this.left === 0) this.dataDone();
    return data.length;
  }

  private takePadding(available: number): number {
    const taken = Math.min(this.padding, available);
    this.padding -= taken;
    return taken;
  }

  private takeBlock(piece: Buffer, at: number): number {
    const taken = Math.min(BLOCK - this.partial.length, piece.length - at);
    const bytes = piece.subarray(at, at + taken);
    const block = this.partial.length > 0 ? Buffer.concat([this.partial, bytes]) : bytes;
    if (block.length < BLOCK) {
      this.partial = Buffer.from(block);
      return taken;
    }
    this.partial = Buffer.alloc(0);
    this.block(block);
    return taken;
  }

  private block(block: Buffer): void {
    if (this.unmapped) {
      this.sparse?.add(block);
      if (this.sparse?.continues) return;
      const raw = this.unmapped;
      this.unmapped = undefined;
      this.entry(raw);
    } else if (block.every((byte) => byte === 0)) {
      this.ended = true;
    } else {
      const raw = parseHeader(block);
      this.sparse = raw.type === "S" ? new GnuSparse(block) : undefined;
      this.header(raw);
    }
  }

  private header(raw: RawHeader): void {
    if (raw.type in EXTENSIONS) {
      if (!(raw.size <= MAX_EXTENSION)) throw badArchive(`a header of ${raw.size} bytes is too large`);
      this.extension = { type: raw.type as keyof typeof EXTENSIONS, pieces: [] };
      this.expect(raw.size);
    } else if (this.sparse?.continues) {
      this.unmapped = raw;
    } else {
      this.entry(raw);
    }
  }

  private entry(raw: RawHeader): void {
    // A record without a value takes back what was said before it; an attribute may be empty.
    const all = new Map([...this.forAll, ...this.forNext]);
    const extended = new Map([...all].filter(([key, value]) => value !== "" || key.startsWith("SCHILY.")));
    this.forNext.clear();
    const entry = makeEntry(raw, extended);
    // One form of a sparse file is enough for whoever reads on.
    const map = this.sparse?.plain();
    const sparse = this.sparse && { sparse: { size: this.sparse.size } };
    this.handler.entry(map ? { ...entry, ...sparse, size: entry.size + map.length } : entry);
    if (map) this.handler.data(map);
    this.open = true;
    this.started = true;
    this.expect(dataBytes(raw, extended));
  }

  private expect(bytes: number): void {
    this.left = bytes;
    this.padding = (BLOCK - (bytes % BLOCK)) % BLOCK;
    if (bytes === 0) this.dataDone();
  }

  private dataDone(): void {
    const extension = this.extension;
    this.extension = undefined;
    if (extension) this.extend(extension.type, Buffer.concat(extension.pieces));
    else if (this.open) this.handler.done();
    this.open = false;
  }

  private extend(type: keyof typeof EXTENSIONS, data: Buffer): void {
    const meaning = EXTENSIONS[type];
    if (meaning === "path" || meaning === "linkpath") {
      this.forNext.set(meaning, data.toString("latin1").replace(/\0.*$/s, ""));
      return;
    }
    const records = meaning === "pax" ? this.forNext : this.forAll;
    for (const [key, value] of parsePax(data)) records.set(key, value);
  }
}
