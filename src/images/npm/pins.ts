import { SandstackError } from "../../model/error";
import type { JsonPlace } from "../../model/json-place";

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
  return {
    npm: parseTarball(pins.field("npm")),
    lock: pins.field("lock").object(),
    tarballs: pins.field("tarballs").list().map(parseTarball),
  };
}

function parseTarball(tarball: JsonPlace): Tarball {
  return {
    name: tarball.field("name").text(/^(@[\w~-][\w.~-]*\/)?[\w~][\w.~-]*$/, "a package's name"),
    version: tarball.field("version").text(/^[0-9][\w.+-]*$/, "a package's version"),
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
  const base64 = /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)(?:\s|$)/.exec(integrity ?? "")?.[1];
  if (base64 !== undefined) return Buffer.from(base64, "base64").toString("hex");
  throw new SandstackError("INVALID_OPTION", `npm: ${id} has no sha512 hash.`, {
    hint: "Only what a registry has with such a hash can go into an image: paths and repositories have none.",
  });
}
