import type { BuildContext } from "../context";
import { ArchiveRules } from "../rootfs/archive-rules";
import { unpackTar } from "../tool/unpack";
import type { TarEntry } from "../tree/tar-header";
import { TarReader } from "../tree/tar-reader";
import { END, entryHeader, paddingOf } from "../tree/tar-writer";
import { OPAQUE } from "../tree/whiteouts";
import { FromOci } from "./whiteout-names";

/**
 * Unpacks one layer of an OCI image of ours into the work directory, as overlayfs wants it: with whiteouts. It is looked
 * at like an archive of a stranger.
 * @throws SandstackError BAD_ARCHIVE
 */
export async function unpackLayer(file: string, context: BuildContext): Promise<void> {
  const opaque = OPAQUE[0].replace("SCHILY.xattr.", "");
  await unpackTar(file, context, { filter: asLayer, args: [`--xattrs-include=${opaque}`] });
}

async function* asLayer(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const rules = new ArchiveRules();
  const names = new FromOci();
  let made: Buffer[] = [];
  let current: TarEntry | undefined;
  const reader = new TarReader({
    entry: (entry) => {
      rules.check(entry);
      current = entry;
      made.push(entryHeader(names.entry(entry)));
    },
    data: (piece) => void made.push(piece),
    done: () => void made.push(paddingOf((current as TarEntry).size)),
  });
  for await (const piece of pieces) {
    reader.write(piece);
    if (made.length > 0) yield Buffer.concat(made);
    made = [];
  }
  reader.finish();
  yield END;
}
