import { SandstackError } from "./error";
import { HEX_DIGEST, type JsonPlace } from "./json-place";
import { readJsonText } from "./json-text";
import { readSmallFile } from "./small-file";

/** Stands beside Pulumi.yaml. */
export const LOCK_FILE = "sandstack.lock";

/** The parts of an image's declaration that each make a layer, from the bottom up. */
export const STEPS = ["source", "python", "npm", "files", "run"] as const;
export type StepName = (typeof STEPS)[number];

/** What a step that asks outside found, so that it need not ask again. Plain JSON, each step's own shape. */
export type StepPins = Readonly<Record<string, unknown>>;

/** What one layer of an image was made from. */
export interface LayerLock {
  step: StepName;
  /** What the declaration said, as far as it can be said on every machine: pins of another declaration do not hold. */
  declared: Readonly<Record<string, unknown>>;
  /** What of the layers below counted for what it was made from. */
  on?: Readonly<Record<string, unknown>>;
  /** Of a step that asks outside. */
  pins?: StepPins;
  /** Versions of this machine's tools that made it. */
  tools?: Readonly<Record<string, string>>;
  /** sha256 of the layer's tree, in hex. */
  digest: string;
}

/** All that it takes to make an image again with the same bytes. */
export interface ImageLock {
  /** `sha256:…` of the image. */
  digest: string;
  /** What the declaration says of commands: `env`, `user`, `cwd`. */
  config?: Readonly<Record<string, unknown>>;
  /** From the bottom up. */
  layers: readonly LayerLock[];
}

/** Images by the name of their declaration; it has no other properties, whatever an image is called. */
export type Lock = Readonly<Record<string, ImageLock>>;

const VERSION = 1;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads what stands in a lock file; `undefined` where there is none.
 * @throws SandstackError CORRUPT for what is no file or too long, and as {@link parseLock} does
 */
export function readLockFile(file: string): Lock | undefined {
  let text: string;
  try {
    text = readSmallFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SandstackError("CORRUPT", `${LOCK_FILE} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  return parseLock(text);
}

/**
 * What a lock file says.
 * @param name of the file, for messages
 * @throws SandstackError CORRUPT naming the place; VERSION for one that a later sandstack has written
 */
export function parseLock(text: string, name = LOCK_FILE): Lock {
  const file = readText(text, name);
  const version = file.field("version").count();
  if (version !== VERSION) {
    throw new SandstackError("VERSION", `${name} has version ${version}; this sandstack reads ${VERSION}.`, {
      hint: "Update sandstack, or let this one write the file anew: sandstack lock.",
    });
  }
  const images = file.field("images").fields();
  return lockOf(images.map(([image, place]) => [image, parseImage(place)]));
}

export function lockOf(images: readonly (readonly [string, ImageLock])[]): Lock {
  return Object.setPrototypeOf(Object.fromEntries(images), null) as Lock;
}

function parseImage(place: JsonPlace): ImageLock {
  const config = place.optional("config")?.object();
  return {
    digest: place.field("digest").text(DIGEST, "sha256: and 64 hex digits"),
    ...(config && { config }),
    layers: place.field("layers").list().map(parseLayer),
  };
}

function parseLayer(place: JsonPlace): LayerLock {
  const [on, pins] = ["on", "pins"].map((name) => place.optional(name)?.object());
  const tools = place
    .optional("tools")
    ?.fields()
    .map(([tool, version]) => [tool, version.text()]);
  return {
    step: place.field("step").oneOf(STEPS),
    declared: place.field("declared").object(),
    ...(on && { on }),
    ...(tools && { tools: Object.fromEntries(tools) as Record<string, string> }),
    ...(pins && { pins }),
    digest: place.field("digest").text(HEX_DIGEST, "64 hex digits"),
  };
}

function readText(text: string, name: string): JsonPlace {
  try {
    return readJsonText(text, `${name}:`);
  } catch (error) {
    const { message, cause } = error as SandstackError;
    const merged = cause !== undefined && /^(<<<<<<<|=======|>>>>>>>)/m.test(text);
    throw new SandstackError("CORRUPT", merged ? `${name} has marks of a merge in it.` : message, {
      cause,
      hint: "Take it from version control again, or remove it and run sandstack lock.",
    });
  }
}

/** The lock file's text: images by name, one line for each package, so that a change reads as one. */
export function formatLock(lock: Lock): string {
  const names = Object.keys(lock).sort();
  const images = lockOf(names.map((name) => [name, lock[name] as ImageLock]));
  return `${format({ version: VERSION, images }, "", true)}\n`;
}

/** JSON in which what is in a list, and holds nothing but plain values, stands on one line. */
function format(value: unknown, indent: string, spread: boolean): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const list = Array.isArray(value);
  const entries = list ? (value as unknown[]).map((item) => ["", item] as const) : Object.entries(value);
  const flat = entries.every(([, item]) => typeof item !== "object" || item === null);
  const written = entries
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => (list ? "" : `${JSON.stringify(key)}: `) + format(item, `${indent}  `, !list));
  const [open, close] = list ? "[]" : "{}";
  if (written.length === 0 || (flat && !spread)) {
    const space = list || written.length === 0 ? "" : " ";
    return `${open}${space}${written.join(", ")}${space}${close}`;
  }
  return `${open}\n${written.map((line) => `${indent}  ${line}`).join(",\n")}\n${indent}${close}`;
}
