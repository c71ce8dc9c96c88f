import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { BuildProgress } from "../../model/image";
import { layerTree } from "../store/layer";
import type { Manifest } from "../store/manifest";
import { ociConfig } from "./config";
import { labelsOf } from "./labels";
import { type Descriptor, MEDIA, OciLayout } from "./layout";
import { writeLayerTar } from "./layer-tar";

export interface CarryOptions {
  onProgress?: (progress: BuildProgress) => void;
  signal?: AbortSignal;
}

/**
 * Writes an image as an OCI layout, which `docker load` takes too: the same image gives the same bytes, whenever and
 * wherever.
 * @returns its OCI digest
 */
export async function writeImage(image: Manifest, path: string, options: CarryOptions): Promise<string> {
  const layout = OciLayout.make(path);
  const layers: Descriptor[] = [];
  for (const layer of [...image.layers].reverse()) {
    const fraction = layers.length / image.layers.length;
    options.onProgress?.({ step: "packing", fraction, detail: `layer ${layers.length + 1} of ${image.layers.length}` });
    const tree = layerTree(layer);
    layers.push(await layout.addBlob(MEDIA.layer, (write) => writeLayerTar(tree, write, options.signal)));
  }
  const labels = labelsOf(image);
  const diffIds = layers.map(({ digest }) => digest);
  const config = layout.addJson(MEDIA.config, ociConfig(image.config, diffIds, labels));
  const manifest = { schemaVersion: 2, mediaType: MEDIA.manifest, config, layers, annotations: labels };
  const descriptor = layout.addJson(MEDIA.manifest, manifest);
  layout.writeIndex({ ...descriptor, annotations: { "org.opencontainers.image.ref.name": tagOf(image) } });
  writeDockerManifest(layout, image, config, layers);
  return descriptor.digest;
}

/** What older engines read in an archive. The name is what `docker run` takes after `docker load`. */
function writeDockerManifest(layout: OciLayout, image: Manifest, config: Descriptor, layers: readonly Descriptor[]) {
  const pathOf = ({ digest }: Descriptor) => join("blobs/sha256", basename(layout.blobPath(digest)));
  const manifest = [
    { Config: pathOf(config), RepoTags: [`sandstack:${tagOf(image)}`], Layers: layers.map((layer) => pathOf(layer)) },
  ];
  writeFileSync(join(layout.path, "manifest.json"), JSON.stringify(manifest));
}

function tagOf({ digest }: Manifest): string {
  return digest.slice("sha256:".length, "sha256:".length + 12);
}
