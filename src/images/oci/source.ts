import { createHash } from "node:crypto";
import { rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { inOption } from "../in-option";
import { fingerprintFile } from "../rootfs/fingerprint";
import type { Step } from "../step";
import type { Recipe } from "../store/recipe";
import { requireTool } from "../tool/require";
import { endOfTool, startTool, throwIfAborted, toolFailed } from "../tool/run-tool";
import { giveIdentity } from "../tree/identity";
import { fetchImage } from "./blobs";
import { PLATFORM, strangersConfig } from "./config";
import { OciLayout } from "./layout";
import { readManifestOrIndex, readOciConfig } from "./manifest";
import { makeOwnDirectories } from "./own-directories";
import { type OciPins, parseOciPins } from "./pins";
import { plainLayers } from "./plain-layers";
import type { OciPlace } from "./reference";
import { copyImage, inspectImage } from "./skopeo";

const OPTION = "from.oci";
const HERE = `${PLATFORM.os}/${PLATFORM.architecture}`;

export function ociStep(place: OciPlace): Step<OciPins> {
  return {
    name: "source",
    declared: { oci: place.kind === "registry" ? place.given : basename(place.given) },
    pinned: place.kind === "registry" ? "outside" : "here",
    parse: parseOciPins,
    resolve: (context) => inOption(`${OPTION}: ${place.given}`, () => resolveImage(place, context)),
    recipe: ({ digest }) => ({ oci: digest }),
    make: (pins, context) => inOption(`${OPTION}: ${place.given}`, () => makeImage(place, pins, context)),
    config: ({ config }) => config,
  };
}

/** Tells one beginning from another without asking a registry. */
export function ociIdentity({ kind, given, path }: OciPlace): Recipe {
  if (kind === "registry") return { oci: given };
  const file = kind === "layout" ? join(path as string, "index.json") : (path as string);
  return { oci: path, is: fingerprintFile(statSync(file, { bigint: true })) };
}

/** For people: `oci:alpine:3.20`. */
export function ociReference({ kind, given }: OciPlace): string {
  return `oci:${kind === "registry" ? given : basename(given)}`;
}

async function resolveImage(place: OciPlace, context: BuildContext): Promise<OciPins> {
  const { signal, options, work } = context;
  const asked = { signal, into: place.kind === "registry" ? work.path : undefined, fetchLimits: options.fetchLimits };
  context.report("looking the image up", 0, place.given);
  const raw = await inspectImage(place.transport, "--raw", asked);
  const digest = platformDigest(raw);
  const pinned = atDigest(place, digest);
  const config = readOciConfig((await inspectImage(pinned, "--config", asked)).toString());
  const platform = `${config.os}/${config.architecture}`;
  requirePlatform(platform);
  return { digest, platform, config: strangersConfig(config) };
}

function requirePlatform(platform: string): void {
  if (platform === HERE) return;
  throw new SandstackError("UNSUPPORTED", `The image is for ${platform}, and this machine is ${HERE}.`);
}

/** The digest of a manifest, or that of the one for this platform in an index of several. */
export function platformDigest(raw: Buffer): string {
  const said = readManifestOrIndex(raw.toString());
  if (!("manifests" in said)) return `sha256:${createHash("sha256").update(raw).digest("hex")}`;
  const found = said.manifests.find(({ platform, isIndex }) => platform === HERE && !isIndex);
  if (found) return found.digest;
  const there = said.manifests.map(({ platform }) => platform).filter((name) => !name.includes("unknown"));
  throw new SandstackError(
    "UNSUPPORTED",
    `There is no image for ${HERE}, but for ${[...new Set(there)].slice(0, 20).join(", ") || "none"}.`,
  );
}

/** Where just what a digest names is: a registry is asked for it, a place of this machine has one image. */
function atDigest({ kind, given, transport }: OciPlace, digest: string): string {
  if (kind !== "registry") return transport;
  const name = given.replace(/@sha256:.*$/, "").replace(/:[^/:]+$/, "");
  return `docker://${name}@${digest}`;
}

async function makeImage(place: OciPlace, { digest, platform }: OciPins, context: BuildContext): Promise<void> {
  requirePlatform(platform);
  const { work, signal } = context;
  const fetched = join(work.path, "fetched");
  context.report("fetching", 0.05, place.given);
  await fetchImage(atDigest(place, digest), digest, fetched, context);
  const layout = new OciLayout(join(work.path, "oci"));
  await copyImage(`dir:${fetched}`, `oci:${layout.path}:image`, { signal, onLine: context.log });
  rmSync(fetched, { recursive: true });
  context.report("checking", 0.4, place.given);
  const config = layout.readConfig(layout.readManifest());
  const plain = await plainLayers(layout, join(work.path, "plain"), context);
  rmSync(layout.path, { recursive: true });
  context.report("unpacking", 0.6, place.given);
  await unpack(plain, context);
  rmSync(plain.path, { recursive: true });
  makeOwnDirectories(work.tree, config);
  giveIdentity(work.tree);
}

/** All its layers on top of each other, as their whiteouts say. */
async function unpack(layout: OciLayout, { work, signal, log }: BuildContext): Promise<void> {
  const umoci = requireTool("umoci", "umoci");
  rmSync(work.tree, { recursive: true });
  const child = startTool([umoci, "raw", "unpack", "--image", `${layout.path}:image`, work.tree], {
    signal,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = await endOfTool(child, log);
  throwIfAborted(signal);
  if (end.exitCode !== 0) throw toolFailed("umoci", end);
}
