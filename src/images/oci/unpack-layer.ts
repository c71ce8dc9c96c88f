import { statSync } from "node:fs";
import type { BuildContext } from "../context";
import { ArchiveRules } from "../rootfs/archive-rules";
import { unpackTar } from "../tool/unpack";
import { ArchiveBounds } from "../tree/archive-bounds";
import { rewriteTar } from "../tree/rewrite-tar";
import { OPAQUE } from "../tree/whiteouts";
import { FromOci } from "./whiteout-names";

/**
 * Unpacks one layer of an OCI image of ours into the work directory, as overlayfs wants it: with whiteouts. It is looked
 * at like an archive of a stranger.
 * @throws SandstackError BAD_ARCHIVE; LIMIT
 */
export async function unpackLayer(file: string, context: BuildContext): Promise<void> {
  const opaque = OPAQUE[0].replace("SCHILY.xattr.", "");
  const bounds = new ArchiveBounds(statSync(file).size);
  const rules = new ArchiveRules();
  const names = new FromOci();
  const filter = (pieces: AsyncIterable<Buffer>) =>
    rewriteTar(pieces, { bounds, entry: (entry) => names.entry(rules.check(entry)) });
  await unpackTar(file, context, { filter, args: [`--xattrs-include=${opaque}`] });
}
