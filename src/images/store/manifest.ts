import { createHash } from "node:crypto";
import { readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import type { Image, ImageConfig } from "../../model/image";
import { readJson, writeJson } from "./json-file";
import { findLayer, type Layer, layerTree } from "./layer";
import { storePath } from "./layout";

/** An image as the store holds it. */
export interface Manifest {
  version: 1;
  /** `sha256:…` */
  digest: string;
  reference: string;
  /** ms since 1970 when it was last built or asked for by a new declaration. */
  createdAt: number;
  /** Digests of its layers in hex, the topmost first. */
  layers: readonly string[];
  config: ImageConfig;
}

const LAYER = /^[0-9a-f]{64}$/;

/** Puts an image together from layers of the store, the topmost first. */
export function storeImage(reference: string, layers: readonly Layer[], given: ImageConfig = {}): Image {
  const digests = layers.map((layer) => layer.digest);
  const config = plainConfig(given);
  const digest = imageDigest(digests, config);
  const known = readManifest(digest);
  const manifest: Manifest = { version: 1, digest, reference, createdAt: Date.now(), layers: digests, config };
  if (known?.reference !== reference) writeJson(manifestPath(digest), manifest);
  else markUsed(digest);
  return imageOf(manifest, layers);
}

/** The manifest of a digest; `undefined` where there is none, or it is no longer sound. */
export function readManifest(digest: string): Manifest | undefined {
  const found = readJson(manifestPath(digest)) as Partial<Manifest> | undefined;
  const layers = Array.isArray(found?.layers) ? (found.layers as unknown[]) : [];
  const named = layers.filter((layer) => typeof layer === "string" && LAYER.test(layer)) as string[];
  const config = plainConfig(found?.config ?? {});
  const sound = found?.version === 1 && named.length === layers.length && imageDigest(named, config) === digest;
  return sound ? ({ ...found, config } as Manifest) : undefined;
}

/** Every image of the store whose layers are all there, the latest first. */
export function readImages(): Image[] {
  return readManifests().flatMap((manifest) => {
    const layers = manifest.layers.map(findLayer).filter((layer) => layer !== undefined);
    return layers.length === manifest.layers.length ? [imageOf(manifest, layers)] : [];
  });
}

/** Every manifest that is sound, the latest first. */
export function readManifests(): Manifest[] {
  const all = names().flatMap((name) => readManifest(`sha256:${name.replace(/\.json$/, "")}`) ?? []);
  return all.sort((a, b) => b.createdAt - a.createdAt);
}

/**
 * Somebody is about to make a sandbox of it: gc leaves it alone for a while.
 * @returns whether the store has it
 */
export function markUsed(digest: string): boolean {
  const now = new Date();
  try {
    utimesSync(manifestPath(digest), now, now);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** ms since 1970 when it was last asked for. */
export function lastUsed(digest: string): number {
  return statSync(manifestPath(digest), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

export function removeManifest(digest: string): void {
  rmSync(manifestPath(digest), { force: true });
}

function names(): string[] {
  try {
    return readdirSync(storePath()).filter((name) => name.endsWith(".json"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function imageOf({ digest, reference, config }: Manifest, layers: readonly Layer[]): Image {
  return {
    digest,
    reference,
    sizeBytes: layers.reduce((sum, layer) => sum + layer.sizeBytes, 0),
    layers: layers.map((layer) => layerTree(layer.digest)),
    config,
  };
}

/** The digest of an image of these layers, the topmost first. */
export function imageDigest(layers: readonly string[], config: ImageConfig): string {
  const contents = Object.keys(config).length === 0 ? { version: 1, layers } : { version: 1, layers, config };
  return `sha256:${createHash("sha256").update(JSON.stringify(contents)).digest("hex")}`;
}

/** A config in the one form that it has in a digest: in order, and without what says nothing. */
function plainConfig({ env, user, cwd }: ImageConfig): ImageConfig {
  const names = Object.keys(env ?? {}).sort();
  return {
    ...(names.length > 0 ? { env: Object.fromEntries(names.map((name) => [name, env?.[name] as string])) } : {}),
    ...(user ? { user } : {}),
    ...(cwd ? { cwd } : {}),
  };
}

function manifestPath(digest: string): string {
  return storePath(`${digest.slice("sha256:".length)}.json`);
}
