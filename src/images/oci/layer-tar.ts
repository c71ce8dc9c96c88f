import { readTree } from "../tree/read-tree";
import { END, entryHeader, paddingOf } from "../tree/tar-writer";
import type { TarEntry } from "../tree/tar-header";
import { toOci } from "./whiteout-names";

/**
 * Writes a layer as an OCI image has it: a tar archive. Not compressed, for then it would depend on who compresses; its
 * bytes depend on the layer alone.
 * @throws SandstackError UNSUPPORTED for what such an archive cannot hold
 */
export async function writeLayerTar(
  tree: string,
  write: (piece: Buffer) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let pieces: Buffer[] = [];
  let current: TarEntry | undefined;
  const handler = {
    entry: (entry: TarEntry) => {
      current = entry;
      pieces.push(...toOci(entry).map(entryHeader));
    },
    data: (piece: Buffer) => void pieces.push(piece),
    done: () => void pieces.push(paddingOf((current as TarEntry).size)),
  };
  await readTree(tree, handler, signal, async () => {
    await write(Buffer.concat(pieces));
    pieces = [];
  });
  await write(Buffer.concat([...pieces, END]));
}
