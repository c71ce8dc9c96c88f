import { createReadStream } from "node:fs";
import type { BuildContext } from "../context";
import { ArchiveRules } from "../rootfs/archive-rules";
import { startDecompressor } from "../tool/decompress";
import { endOfTool, throwIfAborted } from "../tool/run-tool";
import { badArchive, shown, type TarEntry } from "../tree/tar-header";
import { TarReader } from "../tree/tar-reader";
import type { OciLayout } from "./layout";

/**
 * Looks through all layers of a stranger's image before anything of them is unpacked: the rules of a root file system's
 * archive hold for each.
 * @throws SandstackError BAD_ARCHIVE naming the entry
 */
export async function checkLayers(layout: OciLayout, context: BuildContext): Promise<void> {
  const { layers } = layout.readManifest();
  const rules = new ArchiveRules();
  for (const { digest } of layers) {
    rules.nextLayer();
    await checkLayer(layout.blobPath(digest), rules, context);
  }
}

async function checkLayer(file: string, rules: ArchiveRules, { signal, log }: BuildContext): Promise<void> {
  const reader = new TarReader({ entry: (entry) => check(entry, rules), data: () => {}, done: () => {} });
  const compressed = createReadStream(file);
  const decompressor = startDecompressor(file, compressed, signal);
  const ended = decompressor && endOfTool(decompressor, undefined);
  try {
    for await (const piece of (decompressor?.stdout ?? compressed) as AsyncIterable<Buffer>) reader.write(piece);
    reader.finish();
    const end = await ended;
    if (end && end.exitCode !== 0) throw badArchive("a layer's compressed data is damaged");
  } finally {
    compressed.destroy();
    decompressor?.kill("SIGKILL");
    await ended;
    throwIfAborted(signal);
  }
  log(`looked through ${file}`);
}

/** Overlayfs would follow its own marks wherever they lead. */
function check(entry: TarEntry, rules: ArchiveRules): void {
  rules.check(entry);
  if (entry.trusted === undefined) return;
  throw badArchive(`${shown(entry.path)} has the attribute ${entry.trusted.replace("SCHILY.xattr.", "")}`);
}
