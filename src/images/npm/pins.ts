import { SandstackError } from "../../model/error";
import type { JsonPlace } from "../../model/json-place";
import { NAME, PLACE, VERSION } from "./names";

/** One package of a registry, by its content. */
export interface Tarball {
  name: string;
  version: string;
  /** In hex. */
  sha512: string;
}

export interface NpmPins extends Record<string, unknown> {
  /** With which the packages are put in place; nothing of it stays. */
  npm: Tarball;
  /** What stands where, as package-lock.json says it, without addresses. */
  lock: Readonly<Record<string, unknown>>;
  /** Everything that is installed. */
  tarballs: readonly Tarball[];
}

/** @throws SandstackError CORRUPT naming the place */
export function parseNpmPins(pins: JsonPlace): NpmPins {
  const npm = parseTarball(pins.field("npm"));
  const tarballs = pins.field("tarballs").distinct(parseTarball, ({ sha512 }) => sha512);
  return { npm, lock: parseLock(pins.field("lock"), tarballs), tarballs };
}

/** npm puts everything where the lock says, from what has the hash that the lock says. */
function parseLock(lock: JsonPlace, tarballs: readonly Tarball[]): Readonly<Record<string, unknown>> {
  const known = new Set(tarballs.map(({ sha512 }) => sha512));
  for (const [key, entry] of lock.optional("packages")?.fields() ?? []) {
    const { link, inBundle, optional, resolved } = entry.object();
    if (key === "") continue;
    if (!PLACE.test(key) || link || resolved !== undefined)
      throw entry.wrong("a package of a registry, below node_modules");
    entry.optional("name")?.text(NAME, "a package's name");
    if (inBundle) continue;
    entry.field("version").text(VERSION, "a package's version");
    const hash = sha512In(entry.field("integrity").text());
    // Packages that are not for this platform are not fetched.
    if (!optional && !known.has(hash ?? "")) throw entry.field("integrity").wrong("the sha512 of one of the tarballs");
  }
  return lock.object();
}

function parseTarball(tarball: JsonPlace): Tarball {
  return {
    name: tarball.field("name").text(NAME, "a package's name"),
    version: tarball.field("version").text(VERSION, "a package's version"),
    sha512: tarball.field("sha512").text(/^[0-9a-f]{128}$/, "128 hex digits"),
  };
}

export function idOf({ name, version }: Pick<Tarball, "name" | "version">): string {
  return `${name}@${version}`;
}

/**
 * The sha512 of a hash as registries say it (`sha1-… sha512-…`, in base64), in hex.
 * @throws SandstackError INVALID_OPTION where there is none
 */
export function sha512Of(integrity: string | undefined, id: string): string {
  const hash = sha512In(integrity ?? "");
  if (hash !== undefined) return hash;
  throw new SandstackError("INVALID_OPTION", `npm: ${id} has no sha512 hash.`, {
    hint: "Only what a registry has with such a hash can go into an image: paths and repositories have none.",
  });
}

function sha512In(integrity: string): string | undefined {
  const base64 = /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)(?:\s|$)/.exec(integrity)?.[1];
  return base64 && Buffer.from(base64, "base64").toString("hex");
}
