import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { buildLayer, INPUTS } from "../layer/build-layer";
import type { Step } from "../step";
import { blobPath } from "../store/blob";
import { fetchTarballs } from "./fetch";
import { FINISH } from "./finish";
import { withAddresses } from "./lock";
import { fingerprintOf, manifestOf, type NpmRequest, parseNpm } from "./option";
import { type NpmPins, parseNpmPins, type Tarball } from "./pins";
import { nodeTarget, type NodeTarget } from "./target";

/** Install scripts may compile. */
const TIMEOUT_MS = 30 * 60_000;
const CLI = `${INPUTS}/package/bin/npm-cli.js`;
const INSTALL = [
  "ci",
  "--offline",
  "--omit=dev",
  "--foreground-scripts",
  "--no-audit",
  "--no-fund",
  "--no-update-notifier",
];

/**
 * A layer of packages of npm's registry below /opt/node_modules, with their commands in /usr/local/bin. What they are is
 * looked up for the Node of the layers below; npm and the packages' own install scripts run without a network.
 * @throws SandstackError INVALID_OPTION or NOT_FOUND naming the place
 */
export function npmStep(npm: unknown): Step<NpmPins> | undefined {
  const request = parseNpm(npm);
  if (request === undefined) return undefined;
  return {
    ...stepFor(request, undefined),
    onto: async (layers, options) => stepFor(request, await nodeTarget(layers, options)),
  };
}

function stepFor(request: NpmRequest, target: NodeTarget | undefined): Step<NpmPins> {
  const { manifest, lock, npmrc } = request;
  return {
    name: "npm",
    declared: { npm: manifest, ...(lock ? { lock: fingerprintOf(lock) } : {}) },
    on: target,
    pinned: "outside",
    parse: parseNpmPins,
    resolve: async (context) => {
      // What reads ranges of versions takes a while to load, and is needed here alone.
      const { resolveNpm } = await import("./resolve.js");
      if (target) return resolveNpm(request, target, context);
      throw new SandstackError("INTERNAL", "The npm step was not told what it is for.");
    },
    recipe: (pins) => ({ npm: pins.npm.sha512, manifest, lock: pins.lock }),
    make: (pins, context, below) => makeNpm(manifestOf(request), npmrc, pins, context, below),
  };
}

async function makeNpm(
  manifest: object,
  npmrc: string | undefined,
  { npm, lock, tarballs }: NpmPins,
  context: BuildContext,
  below: readonly string[],
): Promise<void> {
  await fetchTarballs([npm, ...tarballs], npmrc, context);
  context.report("installing packages", 0.6, `${tarballs.length} packages`);
  const env = { npm_config_cache: `${INPUTS}/cache` };
  const commands = [
    ["tar", "--extract", "--no-same-owner", `--file=${INPUTS}/npm.tgz`, `--directory=${INPUTS}`, "package"],
    ["node", CLI, ...INSTALL],
    ["node", "-e", FINISH],
  ].map((argv) => ({ argv, env, cwd: `${INPUTS}/project`, place: "npm" }));
  await buildLayer({ commands, timeoutMs: TIMEOUT_MS, below, putInputs }, context);

  function putInputs(folder: string): void {
    linkSync(pathOf(npm), join(folder, "npm.tgz"));
    for (const tarball of tarballs) putIntoCache(join(folder, "cache"), tarball);
    mkdirSync(join(folder, "project"));
    writeFileSync(join(folder, "project/package.json"), JSON.stringify(manifest));
    writeFileSync(join(folder, "project/package-lock.json"), JSON.stringify(withAddresses(lock)));
  }
}

/** npm finds what it knows the hash of by that alone. */
function putIntoCache(cache: string, tarball: Tarball): void {
  const hex = tarball.sha512;
  const place = join(cache, "_cacache/content-v2/sha512", hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
  mkdirSync(dirname(place), { recursive: true });
  linkSync(pathOf(tarball), place);
}

function pathOf({ sha512 }: Tarball): string {
  return blobPath("tarballs", sha512);
}
