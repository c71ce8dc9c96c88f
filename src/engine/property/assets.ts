import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { SandstackError } from "../../model/error";
import { tarHeader, tarPadding, TAR_END } from "./tar";
import { ARCHIVE, ASSET, isMap, signatureOf, type PropertyMap, type PropertyValue } from "./value";

const CHUNK = 1024 * 1024;
/** Archives that are taken as they are, by their ending. */
const ARCHIVE_FILE = /\.(tar|tgz|tar\.gz|zip|jar)$/;

/**
 * Properties whose assets and archives carry the hash of their content, so that a change of a file is a change.
 * @param folder where relative paths begin
 * @throws SandstackError NOT_FOUND naming the path
 */
export function hashAssets(properties: PropertyMap, folder: string): PropertyMap {
  return hashIn(properties, folder) as PropertyMap;
}

function hashIn(value: PropertyValue, folder: string): PropertyValue {
  if (Array.isArray(value)) return value.map((element) => hashIn(element, folder));
  if (!isMap(value)) return value;
  const signature = signatureOf(value);
  if (signature === ASSET || signature === ARCHIVE) return { ...value, hash: hashOf(value, folder) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hashIn(inner, folder)]));
}

function hashOf(value: PropertyMap, folder: string): string {
  const hash = createHash("sha256");
  const { text, uri } = value;
  const path = asText(value["path"]);
  if (typeof uri === "string") {
    throw new SandstackError("UNSUPPORTED", `Asset ${uri}: remote assets are not covered.`, {
      hint: "Take a local file, or its text.",
    });
  }
  try {
    if (signatureOf(value) === ASSET) {
      if (typeof text === "string") hash.update(text);
      else hashFile(hash, resolve(folder, path));
    } else if (ARCHIVE_FILE.test(path)) hashFile(hash, resolve(folder, path));
    else hashTar(hash, value, folder);
  } catch (cause) {
    if (cause instanceof SandstackError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    throw new SandstackError("NOT_FOUND", `Asset ${path}: cannot be read (${code}).`, {
      cause,
      hint: `Relative paths begin at ${folder}.`,
    });
  }
  return hash.digest("hex");
}

/** As the Pulumi CLI does it: the hash of a tar of the members, with nothing in it but names and content. */
function hashTar(hash: Hash, archive: PropertyMap, folder: string): void {
  for (const [name, content] of members(archive, folder)) {
    if (typeof content !== "string") {
      hash.update(tarHeader(name, content.length)).update(content).update(tarPadding(content.length));
      continue;
    }
    const { size } = statSync(content);
    hash.update(tarHeader(name, size));
    hashFile(hash, content);
    hash.update(tarPadding(size));
  }
  hash.update(TAR_END);
}

/** Names, and content or the path of a file that has it, in order. */
function members(archive: PropertyMap, folder: string): [string, Buffer | string][] {
  const { path, assets } = archive;
  if (typeof path === "string") {
    const root = isAbsolute(path) ? path : join(folder, path);
    return filesBelow(root, "").map((name) => [name, join(root, name)]);
  }
  const inner = isMap(assets) ? assets : {};
  return Object.keys(inner)
    .sort()
    .flatMap((key): [string, Buffer | string][] => {
      const asset = inner[key];
      if (!isMap(asset)) return [];
      if (signatureOf(asset) === ARCHIVE) return members(asset, folder).map(([name, file]) => [`${key}/${name}`, file]);
      const { path: file, text } = asset;
      return [[key, typeof text === "string" ? Buffer.from(text) : resolve(folder, asText(file))]];
    });
}

function asText(value: PropertyValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Every file, in the order of names per folder; what is the engine's own is left out, and so are links to folders. */
function filesBelow(root: string, below: string): string[] {
  const entries = readdirSync(join(root, below), { withFileTypes: true });
  return entries
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    .flatMap((entry) => {
      if (entry.name === ".pulumi") return [];
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(root, name);
      return entry.isSymbolicLink() && statSync(join(root, name)).isDirectory() ? [] : [name];
    });
}

function hashFile(hash: Hash, path: string): void {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) hash.update(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
}
