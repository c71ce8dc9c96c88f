import type { ArchiveBounds } from "./archive-bounds";
import { SparseReader } from "./sparse-reader";
import { badArchive, type TarEntry } from "./tar-header";
import { TarReader } from "./tar-reader";
import { END, entryHeader, paddingOf } from "./tar-writer";

export interface Rewriting {
  /**
   * Looks at an entry, and gives what it becomes; `undefined` for one that is left out.
   * @throws SandstackError BAD_ARCHIVE naming the entry
   */
  entry: (entry: TarEntry) => TarEntry | undefined;
  bounds: ArchiveBounds;
}

/**
 * Writes an archive anew, from nothing but what was seen of it: whoever unpacks it reads headers of ours, and can't take
 * for an entry what was taken for data here, or the other way round.
 */
export async function* rewriteTar(pieces: AsyncIterable<Buffer>, rewriting: Rewriting): AsyncGenerator<Buffer> {
  const rewriter = new Rewriter(rewriting);
  const reader = new TarReader(rewriter);
  for await (const piece of pieces) {
    // Bytes that follow the end mark are read and dropped: to stop here would look to the decompressor like a failure.
    rewriting.bounds.takeBytes(piece.length);
    reader.write(piece);
    const made = rewriter.take();
    if (made.length > 0) yield made;
  }
  if (!reader.started) throw badArchive("it is empty");
  reader.finish();
  yield END;
}

class Rewriter {
  private made: Buffer[] = [];
  /** Bytes of data of the entry that is being written; `undefined` for one without any. */
  private size: number | undefined;
  private readonly sparse: SparseReader;

  constructor(private readonly rewriting: Rewriting) {
    const nothing = () => {};
    const holes = (entry: TarEntry, count: number) => rewriting.bounds.takeHoles(entry, count);
    this.sparse = new SparseReader({ entry: nothing, data: nothing, hole: nothing, done: nothing, sparse: holes });
  }

  take(): Buffer {
    const made = Buffer.concat(this.made);
    this.made = [];
    return made;
  }

  entry(entry: TarEntry): void {
    this.rewriting.bounds.takeEntry(entry);
    const becomes = this.rewriting.entry(entry);
    // Drops the data too of an entry that is left out, or becomes something else.
    const isFile = becomes?.kind === "file" && entry.kind === "file";
    this.size = isFile ? entry.size : undefined;
    if (isFile) this.sparse.entry(entry);
    if (becomes) this.made.push(entryHeader({ ...becomes, size: isFile ? entry.size : 0 }));
  }

  data(piece: Buffer): void {
    if (this.size === undefined) return;
    this.sparse.data(piece);
    this.made.push(piece);
  }

  done(): void {
    if (this.size === undefined) return;
    this.sparse.done();
    this.made.push(paddingOf(this.size));
  }
}
