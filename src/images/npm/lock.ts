import { SandstackError } from "../../model/error";
import { idOf, sha512Of, type Tarball } from "./pins";
import type { NodeTarget } from "./target";

/** One entry of package-lock.json's `packages`. */
interface Entry {
  name?: string;
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  inBundle?: boolean;
  optional?: boolean;
  os?: string | string[];
  cpu?: string | string[];
  libc?: string | string[];
}
type Packages = Record<string, Entry>;

/**
 * What a package-lock.json says is to be installed, and the file without the registry's address.
 * @throws SandstackError INVALID_OPTION for what no registry has, and for what is not for the image's platform
 */
export function readNpmLock(
  lock: Readonly<Record<string, unknown>>,
  target: NodeTarget,
): { lock: Record<string, unknown>; tarballs: Tarball[] } {
  const tarballs = new Map<string, Tarball>();
  const packages: Packages = {};
  for (const [place, { resolved, ...entry }] of Object.entries((lock["packages"] ?? {}) as Packages)) {
    packages[place] = entry;
    if (place === "" || entry.inBundle) continue;
    const tarball = tarballOf(nameOf(place, entry), { ...entry, resolved });
    if (fits(entry, target)) tarballs.set(tarball.sha512, tarball);
    else if (!entry.optional) throw foreign(tarball, target);
  }
  const sorted = [...tarballs.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  return { lock: { ...lock, packages }, tarballs: sorted };
}

/**
 * A lock with an address for each package: npm looks into its cache, by the hash, only for what has one. Nobody is asked
 * there.
 */
export function withAddresses(lock: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries((lock["packages"] ?? {}) as Packages).map(([place, entry]) => {
    const isFetched = place !== "" && !entry.inBundle;
    return [place, isFetched ? { ...entry, resolved: `https://store.invalid/${nameOf(place, entry)}.tgz` } : entry];
  });
  return { ...lock, packages: Object.fromEntries(entries) as Packages };
}

function nameOf(place: string, { name }: Entry): string {
  return name ?? place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
}

function tarballOf(name: string, { version = "", resolved, integrity, link }: Entry): Tarball {
  const isOfRegistry = !link && version !== "" && (resolved === undefined || /^https?:/.test(resolved));
  if (isOfRegistry) return { name, version, sha512: sha512Of(integrity, idOf({ name, version })) };
  throw new SandstackError("INVALID_OPTION", `npm: ${name} does not come from a registry.`, {
    hint: "Only packages of a registry can go into an image: paths and repositories have no hash to hold them to.",
  });
}

/** By npm's rules: a list of names, or of those that it is not for, each with `!` before it. */
function fits({ os, cpu, libc }: Entry, target: NodeTarget): boolean {
  return isListed(os, "linux") && isListed(cpu, target.cpu) && isListed(libc, target.libc);
}

function isListed(given: string | string[] | undefined, name: string): boolean {
  // It is what a package says of itself.
  const list = [given].flat().filter((one) => typeof one === "string");
  if (list.includes(`!${name}`)) return false;
  const wanted = list.filter((one) => !one.startsWith("!"));
  return wanted.length === 0 || wanted.includes(name) || wanted.includes("any");
}

function foreign(tarball: Tarball, { cpu, libc }: NodeTarget): SandstackError {
  return new SandstackError("INVALID_OPTION", `npm: ${idOf(tarball)} is not for linux on ${cpu} with ${libc}.`, {
    hint: "Its package.json names the platforms that it is for.",
  });
}
