import { SandstackError } from "../../model/error";
import type { BuildOptions } from "../context";
import { JsonPlace } from "../../model/json-place";
import { type Layer, layerTree } from "../store/layer";
import { findPins, pinsKey, rememberPins } from "../store/pins";

/** For what Node packages are to be. */
export interface NodeTarget extends Record<string, unknown> {
  /** `18.19.0` */
  node: string;
  /** As npm names it: `x64`. */
  cpu: string;
  libc: "glibc" | "musl";
}

const PROBE = `
const { header } = process.report.getReport();
const libc = header.glibcVersionRuntime ? "glibc" : "musl";
console.log(JSON.stringify({ node: process.versions.node, cpu: process.arch, libc }));
`;
/** An image may answer what it likes. */
function readTarget(place: JsonPlace): NodeTarget {
  return {
    node: place.field("node").text(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/, "a version such as 18.19.0"),
    cpu: place.field("cpu").text(/^[a-z0-9]{1,16}$/, "a processor such as x64"),
    libc: place.field("libc").oneOf(["glibc", "musl"]),
  };
}

const PROBE_MS = 60_000;

/**
 * What the Node of an image is, which only it can say; asked once for the same layers.
 * @throws SandstackError INVALID_OPTION where it has none
 */
export async function nodeTarget(layers: readonly Layer[], options: BuildOptions): Promise<NodeTarget> {
  const key = pinsKey("npm", { target: layers.map(({ digest }) => digest) });
  const known = findPins(key) as NodeTarget | undefined;
  if (known) return known;
  const target = await probe(layers, options);
  rememberPins(key, target);
  return target;
}

async function probe(layers: readonly Layer[], options: BuildOptions): Promise<NodeTarget> {
  const { sandbox: open, signal, onProgress } = options;
  if (!open) throw new SandstackError("INTERNAL", "This image needs a build sandbox, and none was handed in.");
  onProgress?.({ step: "npm", detail: "looking at the image's Node" });
  const roots = layers.map(({ digest }) => layerTree(digest));
  await using sandbox = await open(roots, { ttlMs: 2 * PROBE_MS, signal });
  const lines: string[] = [];
  try {
    await sandbox.run(["node", "-e", PROBE], { timeoutMs: PROBE_MS, onLine: (line) => lines.push(line) });
  } catch (error) {
    if (!(error instanceof SandstackError && error.code === "NOT_FOUND")) throw error;
    throw new SandstackError("INVALID_OPTION", "npm: the image has no node.", { hint: 'Add "nodejs" to packages.' });
  }
  try {
    return readTarget(new JsonPlace(JSON.parse(lines.at(-1) ?? ""), "target"));
  } catch {
    throw new SandstackError("INVALID_OPTION", `npm: the image's node answered ${JSON.stringify(lines.at(-1))}.`, {
      hint: "It should start, and print what it is asked to.",
    });
  }
}
