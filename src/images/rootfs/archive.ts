import { statSync } from "node:fs";
import type { BuildContext } from "../context";
import { unpackTar } from "../tool/unpack";
import { ArchiveBounds } from "../tree/archive-bounds";
import { rewriteTar } from "../tree/rewrite-tar";
import { ArchiveRules } from "./archive-rules";

/**
 * Unpacks a tar archive, compressed or not, into the work directory; tar gets to see only what was checked, written anew.
 * @throws SandstackError BAD_ARCHIVE; LIMIT
 */
export async function unpackArchive(file: string, context: BuildContext): Promise<void> {
  const onFraction = (fraction: number) => context.report("unpacking", fraction * 0.9, file);
  const bounds = new ArchiveBounds(statSync(file).size);
  const rules = new ArchiveRules();
  const filter = (pieces: AsyncIterable<Buffer>) =>
    rewriteTar(pieces, {
      bounds,
      entry: (entry) => {
        const checked = rules.check(entry);
        // /dev is every sandbox's own.
        return checked.path.startsWith("./dev/") && checked.path !== "./dev/" ? undefined : checked;
      },
    });
  await unpackTar(file, context, { filter, onFraction });
}
