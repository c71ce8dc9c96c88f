import { SandstackError } from "../../model/error";
import type { JsonPlace } from "../../model/json-place";
import { readJsonText } from "../../model/json-text";
import { badArchive } from "../tree/tar-header";
import type { Descriptor, OciConfig, OciManifest } from "./layout";

// Reads what a registry or an archive says of an image: JSON that anybody may have written.

/** Twice as many as any engine takes. */
const MAX_LAYERS = 256;
/** Platforms that an index may list; the most popular images have some thirty. */
const MAX_MANIFESTS = 1000;

export interface IndexEntry {
  digest: string;
  platform: string;
  /** Whether it is a list of images again. */
  isIndex: boolean;
}

/** A manifest, or what an index lists. @throws SandstackError BAD_ARCHIVE naming the place */
export function readManifestOrIndex(text: string): OciManifest | { manifests: IndexEntry[] } {
  return reading("its manifest", text, (place) => {
    if (place.field("manifests").value === undefined) return manifestOf(place);
    exact(place, ["manifests"]);
    const manifests = place.field("manifests").list();
    if (manifests.length > MAX_MANIFESTS)
      throw badArchive(`its index has ${manifests.length} images; ${MAX_MANIFESTS} are the most`);
    return { manifests: manifests.map(indexEntry) };
  });
}

/** @throws SandstackError BAD_ARCHIVE naming the place */
export function readOciManifest(text: string): OciManifest {
  return reading("its manifest", text, manifestOf);
}

/** @throws SandstackError BAD_ARCHIVE naming the place */
export function readOciConfig(text: string): OciConfig {
  return reading("its config", text, (place) => {
    const config = given(place, "config");
    const diffIds = given(place, "rootfs")?.optional("diff_ids");
    if (config) for (const name of ["User", "WorkingDir"]) given(config, name)?.text();
    if (config) for (const line of given(config, "Env")?.list() ?? []) line.text();
    if (config) given(config, "Volumes")?.fields();
    if (config) for (const [, label] of given(config, "Labels")?.fields() ?? []) label.text();
    for (const id of diffIds?.list() ?? []) id.text();
    for (const name of ["os", "architecture"]) given(place, name)?.text();
    return place.object();
  });
}

function manifestOf(place: JsonPlace): OciManifest {
  exact(place, ["config", "layers", "annotations", "mediaType"]);
  const layers = place.field("layers").list();
  if (layers.length > MAX_LAYERS) throw badArchive(`it has ${layers.length} layers; ${MAX_LAYERS} are the most`);
  const annotations = given(place, "annotations")?.fields() ?? [];
  return {
    config: descriptor(place.field("config")),
    layers: layers.map(descriptor),
    annotations: Object.fromEntries(annotations.map(([name, value]) => [name, value.text()])),
  };
}

function descriptor(place: JsonPlace): Descriptor {
  exact(place, ["mediaType", "digest", "size"]);
  return {
    mediaType: given(place, "mediaType")?.text() ?? "",
    digest: digestIn(place),
    size: place.field("size").count(),
  };
}

function indexEntry(place: JsonPlace): IndexEntry {
  exact(place, ["mediaType", "digest", "platform"]);
  const platform = given(place, "platform");
  const word = (name: string) => (platform && given(platform, name)?.text(/^[\w.-]{1,64}$/, "a word")) ?? "unknown";
  return {
    digest: digestIn(place),
    platform: `${word("os")}/${word("architecture")}`,
    isIndex: /image\.index|manifest\.list/.test(given(place, "mediaType")?.text() ?? ""),
  };
}

function digestIn(place: JsonPlace): string {
  const digest = place.field("digest").text();
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new SandstackError(
    "UNSUPPORTED",
    `${place.path}.digest is ${JSON.stringify(digest.slice(0, 100))}, and not of sha256.`,
  );
}

/** A field that is there; Go's tools write an empty one as null. */
function given(place: JsonPlace, name: string): JsonPlace | undefined {
  const field = place.optional(name);
  return field?.value === null ? undefined : field;
}

/**
 * Go takes `Layers` and `layerſ` for `layers`, and the last of them counts: its tools would unpack what nobody has
 * looked through.
 */
function exact(place: JsonPlace, names: readonly string[]): void {
  const fold = (name: string) => name.toUpperCase().toLowerCase();
  for (const [name, field] of place.fields()) {
    const meant = names.find((one) => fold(one) === fold(name) && one !== name);
    if (meant !== undefined) throw field.wrong(`under the name ${meant}`);
  }
}

function reading<T>(what: string, text: string, read: (place: JsonPlace) => T): T {
  try {
    return read(readJsonText(text, `${what}:`));
  } catch (error) {
    if (!(error instanceof SandstackError && error.code === "CORRUPT")) throw error;
    throw badArchive(error.message.replace(/\.$/, ""));
  }
}
