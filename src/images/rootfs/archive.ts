import type { BuildContext } from "../context";
import { unpackTar } from "../tool/unpack";
import { badArchive } from "../tree/tar-header";
import { TarReader } from "../tree/tar-reader";
import { END } from "../tree/tar-writer";
import { ArchiveRules } from "./archive-rules";

/** /dev is every sandbox's own. */
const NO_DEVICES = ["--anchored", "--exclude=./dev/*", "--exclude=dev/*"];

/**
 * Unpacks a tar archive, compressed or not, into the work directory; tar gets to see only what was checked.
 * @throws SandstackError BAD_ARCHIVE
 */
export async function unpackArchive(file: string, context: BuildContext): Promise<void> {
  const onFraction = (fraction: number) => context.report("unpacking", fraction * 0.9, file);
  await unpackTar(file, context, { filter: checked, args: NO_DEVICES, onFraction });
}

/** Passes an archive on, piece by piece, each after its check. */
async function* checked(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const rules = new ArchiveRules();
  const reader = new TarReader({ entry: (entry) => rules.check(entry), data: () => {}, done: () => {} });
  for await (const piece of pieces) {
    // What follows the end mark is read and dropped: to stop here would look to the decompressor like a failure.
    const known = reader.write(piece);
    if (known.length > 0) yield known;
  }
  if (!reader.started) throw badArchive("it is empty");
  reader.finish();
  yield END;
}
