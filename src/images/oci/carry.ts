import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Image, isLocalOci } from "../../model/image";
import { type BuildContext, withContext } from "../context";
import { getImage } from "../images";
import { inOption } from "../in-option";
import { ensureStore } from "../store/layout";
import { type Manifest, readManifest } from "../store/manifest";
import { isNoSpace, noSpace } from "../tool/no-space";
import { requireRoot } from "../tool/require";
import { announcedBytes, watchImage } from "./growth";
import { OciLayout } from "./layout";
import { type OciPlace, parseOciPlace, registryPlace } from "./reference";
import { copyImage, inspectImage, type RegistryOptions, type SkopeoOptions } from "./skopeo";
import { takeImage } from "./take-image";
import { type CarryOptions, writeImage } from "./write-image";

/** Bytes that a layout takes beside an image, whose manifest may be written anew. */
const SLACK = 1 << 20;

export type RegistryCarryOptions = CarryOptions & RegistryOptions & Pick<SkopeoOptions, "fetchLimits">;

/**
 * Takes an image that `exportImage` has written, or `docker save` of one that an engine had from us, into the store.
 * @throws SandstackError NOT_FOUND or INVALID_OPTION for a path that is neither; what {@link takeImage} throws
 */
export async function importImage(path: string, options: CarryOptions = {}): Promise<Image> {
  requireRoot();
  const place = parseOciPlace("PATH", isLocalOci(path) ? path : `./${path}`);
  return take(place, `import:${basename(path)}`, options);
}

/**
 * Takes an image that `pushImage` has left in a registry into the store.
 * @throws SandstackError INVALID_OPTION; NOT_FOUND, PERMISSION_DENIED, REGISTRY_FAILED or CORRUPT by what the registry
 * does; what {@link takeImage} throws
 */
export async function pullImage(reference: string, options: RegistryCarryOptions = {}): Promise<Image> {
  requireRoot();
  return take(registryPlace("REF", reference), reference, options);
}

/**
 * Leaves an image of the store in a registry.
 * @returns the digest of the manifest that the registry has of it
 * @throws SandstackError NO_SUCH_IMAGE; INVALID_OPTION; as {@link pullImage} by what the registry does
 */
export async function pushImage(name: string, reference: string, options: RegistryCarryOptions = {}): Promise<string> {
  const { transport } = registryPlace("REF", reference);
  const image = await getImage(name);
  return inStore(options, async (context) => {
    const path = join(context.work.path, "oci");
    await writeImage(readManifest(image.digest) as Manifest, path, { ...options, signal: context.signal });
    options.onProgress?.({ step: "pushing", detail: reference });
    const digest = join(context.work.path, "digest");
    const skopeoOptions = { ...options, onLine: context.log };
    await inOption(reference, () => copyImage(`oci:${path}`, transport, skopeoOptions, ["--digestfile", digest]));
    return readFileSync(digest, "utf8").trim();
  });
}

/** Works in the store, which may be full. */
async function inStore<T>(options: CarryOptions, body: (context: BuildContext) => Promise<T>): Promise<T> {
  ensureStore();
  try {
    return await withContext(options, body);
  } catch (error) {
    throw isNoSpace(error) ? noSpace(error) : error;
  }
}

/** @param name for people, where the store does not know the image yet */
async function take({ kind, given, transport }: OciPlace, name: string, options: RegistryCarryOptions): Promise<Image> {
  return inStore(options, async (context) => {
    const path = join(context.work.path, "oci");
    const step = kind === "registry" ? "pulling" : "reading";
    const onFraction = (fraction: number) => options.onProgress?.({ step, fraction: fraction / 2, detail: given });
    return inOption(given, async () => {
      onFraction(0);
      const { tlsVerify, fetchLimits } = options;
      const { signal } = context;
      const asked = { signal, tlsVerify, fetchLimits, into: kind === "registry" ? context.work.path : undefined };
      const bytes = announcedBytes(await inspectImage(transport, "--raw", asked));
      // To a layout skopeo would compress what is not.
      const more = ["--dest-oci-accept-uncompressed-layers"];
      const copy = () =>
        copyImage(
          transport,
          `oci:${path}`,
          { ...asked, onLine: context.log, promised: bytes && 2 * bytes + SLACK },
          more,
        );
      await watchImage(path, bytes, onFraction, copy);
      return takeImage(new OciLayout(path), name, { ...options, signal });
    });
  });
}
