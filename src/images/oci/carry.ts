import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Image, isLocalOci } from "../../model/image";
import { type BuildContext, withContext } from "../context";
import { getImage } from "../images";
import { inOption } from "../in-option";
import { ensureStore } from "../store/layout";
import { type Manifest, readManifest } from "../store/manifest";
import { requireRoot } from "../tool/require";
import { type Descriptor, OciLayout } from "./layout";
import { type OciPlace, parseOciPlace, registryPlace } from "./reference";
import { copyImage, inspectImage, type RegistryOptions } from "./skopeo";
import { takeImage } from "./take-image";
import { type CarryOptions, REFERENCE, writeImage } from "./write-image";

export type RegistryCarryOptions = CarryOptions & RegistryOptions;

/**
 * Takes an image that `exportImage` has written, or `docker save` of one that an engine had from us, into the store.
 * @throws SandstackError NOT_FOUND or INVALID_OPTION for a path that is neither; what {@link takeImage} throws
 */
export async function importImage(path: string, options: CarryOptions = {}): Promise<Image> {
  requireRoot();
  const place = parseOciPlace("PATH", isLocalOci(path) ? path : `./${path}`);
  return take(place, nameIn(place) ?? `import:${basename(path)}`, options);
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
  const place = registryPlace("REF", reference);
  const image = await getImage(name);
  ensureStore();
  return withContext(options, async (context) => {
    const path = join(context.work.path, "oci");
    await writeImage(readManifest(image.digest) as Manifest, path, options);
    const step = { step: "pushing", detail: reference };
    await inOption(reference, () => copy(`oci:${path}`, place.transport, context, step, options));
    const raw = await inOption(reference, () => inspectImage(place.transport, "--raw", options));
    return `sha256:${createHash("sha256").update(raw).digest("hex")}`;
  });
}

/** @param name for people */
async function take(place: OciPlace, name: string, options: RegistryCarryOptions): Promise<Image> {
  ensureStore();
  return withContext(options, async (context) => {
    const path = join(context.work.path, "oci");
    const step = { step: place.kind === "registry" ? "pulling" : "reading", detail: place.given };
    return inOption(place.given, async () => {
      await copy(place.transport, `oci:${path}`, context, step, options);
      return takeImage(new OciLayout(path), name, options);
    });
  });
}

/** What the image was called where it was exported, if its index says so. A copy's index does not. */
function nameIn({ kind, path }: OciPlace): string | undefined {
  const index =
    kind === "layout"
      ? readFileSync(join(path as string, "index.json"))
      : spawnSync("tar", ["--extract", "--to-stdout", `--file=${path}`, "index.json"]).stdout;
  try {
    const { manifests } = JSON.parse(index.toString()) as { manifests: Descriptor[] };
    return manifests[0]?.annotations?.[REFERENCE];
  } catch {
    return undefined;
  }
}

async function copy(
  from: string,
  to: string,
  context: BuildContext,
  { step, detail }: { step: string; detail: string },
  options: RegistryCarryOptions,
): Promise<void> {
  options.onProgress?.({ step, detail });
  // To a layout skopeo would compress what is not; a registry is what it may well compress for.
  const asItIs = to.startsWith("oci:") ? ["--dest-oci-accept-uncompressed-layers"] : [];
  await copyImage(from, to, { ...options, onLine: context.log }, asItIs);
}
