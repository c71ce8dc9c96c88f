import { existsSync, readdirSync, renameSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { invalidOption, SandstackError } from "../../model/error";
import type { Image } from "../../model/image";
import { withContext } from "../context";
import { getImage } from "../images";
import { ensureStore } from "../store/layout";
import { readManifest, type Manifest } from "../store/manifest";
import { archiveOf, draftBeside } from "../store/work-dir";
import { isNoSpace } from "../tool/no-space";
import { runTool } from "../tool/run-tool";
import { type CarryOptions, writeImage } from "./write-image";

export interface Carried {
  image: Image;
  /** Of the OCI manifest. */
  ociDigest: string;
}

/**
 * Writes an image of the store as an OCI image: a layout directory, or an archive of one where the path ends in `.tar`.
 * Both are what `docker load`, podman and skopeo read; the same image gives the same bytes.
 * @throws SandstackError NO_SUCH_IMAGE; EXISTS for a path where something stands; NOT_FOUND for one without a parent;
 * UNSUPPORTED for what an OCI image cannot hold; NO_SPACE; ABORTED
 */
export async function exportImage(name: string, path: string, options: CarryOptions = {}): Promise<Carried> {
  const image = await getImage(name);
  const target = freePath(path);
  ensureStore();
  return withContext(options, async ({ work }) => {
    const draft = draftBeside(work, target);
    try {
      const ociDigest = await writeImage(readManifest(image.digest) as Manifest, draft, options);
      if (!isArchivePath(target)) renameSync(draft, target);
      else {
        options.onProgress?.({ step: "writing", detail: path });
        await archive(draft, archiveOf(draft), options.signal);
        renameSync(archiveOf(draft), target);
      }
      return { image, ociDigest };
    } catch (error) {
      if (!isNoSpace(error)) throw error;
      throw new SandstackError("NO_SPACE", `PATH: no space left in ${dirname(target)}.`, { cause: error });
    }
  });
}

export function isArchivePath(path: string): boolean {
  return path.endsWith(".tar");
}

function freePath(path: string): string {
  const target = resolve(path);
  const parent = dirname(target);
  if (!statSync(parent, { throwIfNoEntry: false })?.isDirectory()) {
    throw new SandstackError("NOT_FOUND", `PATH: ${JSON.stringify(path)}: there is no directory ${parent}.`);
  }
  if (/\.(tgz|tar\.\w+|zip)$/.test(path)) {
    throw invalidOption("PATH", path, "a name that ends in .tar for an archive, or any other for a directory");
  }
  if (existsSync(target)) {
    const isEmpty = statSync(target).isDirectory() && !isArchivePath(target) && readdirSync(target).length === 0;
    if (!isEmpty) throw new SandstackError("EXISTS", `PATH: ${JSON.stringify(path)} is there already (${target}).`);
  }
  return target;
}

/** Owners, times and order say nothing of who made it, and when. */
async function archive(layout: string, file: string, signal: AbortSignal | undefined): Promise<void> {
  const same = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--mode=u=rwX,go=rX"];
  const names = ["blobs", "index.json", "manifest.json", "oci-layout"];
  await runTool(["tar", "--create", "--format=gnu", ...same, `--file=${file}`, `--directory=${layout}`, ...names], {
    signal,
    env: { ...process.env, LC_ALL: "C" },
  });
}
