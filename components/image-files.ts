import { SandstackError } from "../src/model/error";
import { type FileSource, parseFileSource } from "../src/model/file-source";

/** A Pulumi asset or archive as an output holds it: its promises are resolved, its class is gone. */
interface Unwrapped {
  __pulumiAsset?: true;
  __pulumiArchive?: true;
  path?: string;
  text?: string;
  uri?: string;
  assets?: Record<string, unknown>;
}

/** Absolute path inside → where it comes from. An archive of assets is taken apart: one entry for each. */
export type ImageFiles = Record<string, FileSource>;

/**
 * What an image's `files` say, with every path absolute.
 * @param files resolved: strings, and assets and archives as an output holds them
 * @param absolute makes a path of the declaration absolute
 * @throws SandstackError INVALID_OPTION or UNSUPPORTED naming the entry
 */
export function imageFiles(files: Readonly<Record<string, unknown>>, absolute: (path: string) => string): ImageFiles {
  const found: ImageFiles = {};
  for (const [inside, given] of Object.entries(files)) {
    Object.assign(found, entriesOf(`files[${JSON.stringify(inside)}]`, inside, given, absolute));
  }
  return found;
}

function entriesOf(
  option: string,
  inside: string,
  given: unknown,
  absolute: (path: string) => string,
): Record<string, FileSource> {
  const { __pulumiAsset, __pulumiArchive, path, text, uri, assets } = (given ?? {}) as Unwrapped;
  const known = __pulumiAsset ?? __pulumiArchive;
  if (known && uri !== undefined) {
    throw new SandstackError("UNSUPPORTED", `${option}: ${JSON.stringify(uri)} is not of this machine.`, {
      hint: "Download it first: what an image is made from is looked at before anything is done.",
    });
  }
  if (known && path !== undefined) return { [inside]: { path: absolute(path) } };
  if (__pulumiAsset && text !== undefined) return { [inside]: { text } };
  if (__pulumiArchive && assets !== undefined) {
    const below = Object.entries(assets).map(([name, asset]) => [`${inside.replace(/\/$/, "")}/${name}`, asset]);
    return imageFiles(Object.fromEntries(below) as Record<string, unknown>, absolute);
  }
  const source = parseFileSource(option, given);
  return { [inside]: "path" in source ? { ...source, path: absolute(source.path) } : source };
}
