import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { storePath } from "../store/layout";
import { hashFile } from "../tool/hash-file";
import { badArchive } from "../tree/tar-header";
import { announcedBytes, watchImage } from "./growth";
import { readOciManifest } from "./manifest";
import { copyImage, inspectImage } from "./skopeo";

/** Bytes of skopeo's own beside an image. */
const SLACK = 4096;

/** What skopeo writes into a directory beside an image's manifest and blobs. */
const DIR_VERSION = "Directory Transport Version: 1.1\n";

/**
 * Puts an image's manifest and blobs into a directory as skopeo's `dir:` has them: from the store, where an earlier
 * build left them, else from where the image is. What comes is what its digest says, whoever gave it.
 * @throws SandstackError as skopeo fails; CORRUPT
 */
export async function fetchImage(
  from: string,
  digest: string,
  directory: string,
  context: BuildContext,
): Promise<void> {
  mkdirSync(directory);
  if (await takeFromStore(digest, directory)) return;
  rmSync(directory, { recursive: true });
  mkdirSync(directory);
  const { signal, log, options, work } = context;
  const { fetchLimits } = options;
  const bytes = announcedBytes(await inspectImage(from, "--raw", { signal, into: work.path, fetchLimits }));
  const onFraction = (fraction: number) => context.report("fetching", 0.05 + fraction * 0.35, from);
  const copy = () =>
    copyImage(
      from,
      `dir:${directory}`,
      { signal, onLine: log, into: directory, promised: bytes && bytes + SLACK, fetchLimits },
      ["--preserve-digests"],
    );
  await watchImage(directory, bytes, onFraction, copy);
  const manifest = join(directory, "manifest.json");
  if (!existsSync(manifest)) throw badArchive("it came without a manifest");
  const found = `sha256:${createHash("sha256").update(readFileSync(manifest)).digest("hex")}`;
  if (found !== digest) {
    throw new SandstackError("CORRUPT", `What came is another image: its digest is ${found}, not ${digest}.`);
  }
  const blobs = blobsOf(manifest);
  // All of them, or none: what is left out of one is found to be missing by nobody.
  const absent = blobs.find((blob) => !existsSync(join(directory, blob)));
  if (absent !== undefined) throw badArchive(`it came without sha256:${absent}, which its manifest names`);
  for (const blob of blobs) keep(join(directory, blob), blob);
  keep(manifest, hexOf(digest));
}

async function takeFromStore(digest: string, directory: string): Promise<boolean> {
  const manifest = join(directory, "manifest.json");
  if (!(await take(hexOf(digest), manifest))) return false;
  for (const blob of blobsOf(manifest)) if (!(await take(blob, join(directory, blob)))) return false;
  writeFileSync(join(directory, "version"), DIR_VERSION);
  return true;
}

/** A blob of the store under another name; one that is no longer what it was is thrown out. */
async function take(blob: string, target: string): Promise<boolean> {
  const path = storePath("blobs", blob);
  if (!existsSync(path)) return false;
  if ((await hashFile(path)) !== blob) {
    rmSync(path, { force: true });
    return false;
  }
  linkSync(path, target);
  // So that gc sees when it was last needed.
  utimesSync(path, new Date(), new Date());
  return true;
}

/** What a power failure empties is found by its hash when it is taken again. */
function keep(file: string, blob: string): void {
  rmSync(storePath("blobs", blob), { force: true });
  linkSync(file, storePath("blobs", blob));
}

function blobsOf(manifest: string): string[] {
  const { config, layers } = readOciManifest(readFileSync(manifest, "utf8"));
  return [...new Set([config, ...layers].map(({ digest }) => hexOf(digest)))];
}

function hexOf(digest: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex === undefined)
    throw new SandstackError("UNSUPPORTED", `The digest ${JSON.stringify(digest)} is not of sha256.`);
  return hex;
}
