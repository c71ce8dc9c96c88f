import { createReadStream, rmSync, statSync } from "node:fs";
import type { BuildContext } from "../context";
import { ArchiveRules } from "../rootfs/archive-rules";
import { readUnpacked } from "../tool/decompress";
import { ArchiveBounds } from "../tree/archive-bounds";
import { rewriteTar } from "../tree/rewrite-tar";
import { badArchive, shown, type TarEntry } from "../tree/tar-header";
import { ociConfig } from "./config";
import { type Descriptor, MEDIA, OciLayout } from "./layout";

/**
 * Writes a stranger's image anew before anything of it is unpacked: the rules of a root file system's archive hold for
 * each layer, and whoever unpacks it gets to see headers of ours alone. Layers of it that were written anew go.
 * @param path of the layout that is made, with an image called `image`
 * @throws SandstackError BAD_ARCHIVE naming the entry; LIMIT
 */
export async function plainLayers(from: OciLayout, path: string, context: BuildContext): Promise<OciLayout> {
  const { layers } = from.readManifest();
  const to = OciLayout.make(path);
  const rules = new ArchiveRules();
  const made: Descriptor[] = [];
  for (const [index, { digest }] of layers.entries()) {
    const file = from.blobPath(digest);
    rules.nextLayer();
    const bounds = new ArchiveBounds(statSync(file).size);
    const pieces = readUnpacked(file, createReadStream(file), context.signal);
    const plain = rewriteTar(pieces, { bounds, entry: (entry) => check(entry, rules) });
    made.push(
      await to.addBlob(MEDIA.layer, async (write) => {
        for await (const piece of plain) await write(piece);
      }),
    );
    context.log(`looked through ${digest}`);
    // The same layer may stand in an image twice.
    if (!layers.slice(index + 1).some((other) => other.digest === digest)) rmSync(file);
  }
  const diffIds = made.map(({ digest }) => digest);
  const config = to.addJson(MEDIA.config, ociConfig({}, diffIds, {}));
  const manifest = to.addJson(MEDIA.manifest, { schemaVersion: 2, mediaType: MEDIA.manifest, config, layers: made });
  to.writeIndex({ ...manifest, annotations: { "org.opencontainers.image.ref.name": "image" } });
  return to;
}

/** Overlayfs would follow its own marks wherever they lead. */
function check(entry: TarEntry, rules: ArchiveRules): TarEntry {
  const checked = rules.check(entry);
  if (entry.trusted === undefined) return checked;
  throw badArchive(`${shown(entry.path)} has the attribute ${entry.trusted.replace("SCHILY.xattr.", "")}`);
}
