import { createReadStream } from "node:fs";
import { SandstackError } from "../../model/error";
import { imageReference } from "../../model/docker/names";
import type { CreateOptions } from "../../model/tier";
import { fromSystem } from "../system/system-error";
import { withArchive } from "./archive";
import { engineAt, type Engine } from "./engine";
import { sharedWork } from "./shared-work";
import { fromEngine, ifKnown, statusOf } from "./engine-error";

const DIGEST_LABEL = "sandstack.image.digest";

/**
 * Sees to it that the engine has an image: what it does not have it is given as an archive.
 * @returns what the engine calls it
 * @throws SandstackError NO_SUCH_IMAGE where nobody can give it
 */
export function ensureImage(engine: Engine, digest: string, options: CreateOptions): Promise<string> {
  return sharedWork(`image ${digest} at ${engine.id}`, () => bringImage(engine, digest, options));
}

async function bringImage(engine: Engine, digest: string, options: CreateOptions): Promise<string> {
  const { exportImage, onProgress } = options;
  const reference = imageReference(digest);
  if (await hasImage(engine, reference, digest)) return reference;
  if (exportImage === undefined) {
    throw new SandstackError("NO_SUCH_IMAGE", `The engine at ${engine.host} does not have image ${digest}.`);
  }
  await withArchive(async (archive) => {
    onProgress?.({ step: "packing the image for the engine", detail: reference });
    await exportImage(digest, archive).catch((error: unknown) => {
      throw fromSystem(error, `writing image ${digest} for the engine`);
    });
    onProgress?.({ step: "handing the image to the engine", detail: reference });
    const progress = await engine.api.loadImage(createReadStream(archive));
    await new Promise<void>((resolve, reject) => {
      engine.api.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
    });
  });
  if (await hasImage(engine, reference, digest)) return reference;
  throw new SandstackError("ENGINE_FAILED", `The engine at ${engine.host} took image ${digest}, and does not have it.`);
}

/** A tag can be moved to another image; what one of ours is, its label says. */
async function hasImage(engine: Engine, reference: string, digest: string): Promise<boolean> {
  const found = await ifKnown(() => engine.api.getImage(reference).inspect());
  return found?.Config.Labels?.[DIGEST_LABEL] === digest;
}

/** Removes an image from an engine, unless something there is made from it; the store keeps it. */
export async function removeImage(host: string, digest: string): Promise<void> {
  try {
    const { api } = await engineAt(host);
    await ifKnown(() => api.getImage(imageReference(digest)).remove());
  } catch (error) {
    if (statusOf(error) !== 409) throw fromEngine(error, host, "removing an image");
  }
}
