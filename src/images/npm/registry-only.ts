import { SandstackError } from "../../model/error";
import type { JsonPlace } from "../../model/json-place";
import { isRange, isWanted, NAME, PLACE, VERSION } from "./names";

// Looked at before npm of this machine sees it: of a repository npm runs git, and of a path it reads what is there.

type Json = Readonly<Record<string, unknown>>;

const HINT = "Only packages of a registry can go into an image: paths and repositories have no hash to hold them to.";

/** @throws SandstackError INVALID_OPTION for what asks for anything but packages of a registry */
export function checkManifest(manifest: JsonPlace): void {
  for (const field of ["dependencies", "optionalDependencies"]) {
    for (const [name, wanted] of manifest.optional(field)?.fields() ?? []) {
      if (!NAME.test(name)) throw wrongly(wanted, "is under a name that no package has");
      if (!isWanted(wanted.text())) throw foreign(name, wanted);
    }
  }
  const overrides = manifest.optional("overrides");
  if (overrides) checkOverrides(overrides);
}

/** `{ "a@^1": "2", b: { ".": "1", c: "$d" } }` */
function checkOverrides(overrides: JsonPlace): void {
  for (const [key, place] of overrides.fields()) {
    const [, name = "", range = ""] = /^(@?[^@]*)(?:@(.*))?$/s.exec(key) ?? [];
    if (key !== "." && !(NAME.test(name) && isRange(range)))
      throw wrongly(place, "is under a name that no package has");
    if (typeof place.value === "object") checkOverrides(place);
    else if (!isWanted(place.text().replace(/^\$/, ""))) throw foreign(name, place);
  }
}

/**
 * Gives the part of a package-lock.json that npm is to go on from: which version is where, by its hash. The origin of
 * each is the matter of npm's configuration. Packages for development are not installed.
 * @throws SandstackError INVALID_OPTION for what is not of a registry
 */
export function registryLock(lock: JsonPlace): Json {
  const { dependencies, packages, ...rest } = lock.object();
  if (packages === undefined) return dependencies === undefined ? rest : { ...rest, dependencies: oldOnes(lock) };
  return { ...rest, packages: kept(lock.field("packages"), entryOf) };
}

function kept(all: JsonPlace, read: (key: string, entry: JsonPlace) => Json): Json {
  const fields = all.fields().filter(([, entry]) => entry.field("dev").value !== true);
  return Object.fromEntries(fields.map(([key, entry]) => [key, read(key, entry)]));
}

function entryOf(key: string, entry: JsonPlace): Json {
  const { resolved, ...rest } = entry.object();
  if (key === "") {
    checkManifest(entry);
    return rest;
  }
  const isOfRegistry = PLACE.test(key) && !rest["link"] && isAddress(resolved);
  if (!isOfRegistry) throw foreign(nameAt(key), entry);
  entry.optional("name")?.text(NAME, "a package's name");
  entry.optional("version")?.text(VERSION, "a package's version");
  entry.optional("integrity")?.text();
  return rest;
}

/** Reads dependencies as npm 6 wrote them: each with those that it has for itself. */
function oldOnes(parent: JsonPlace): Json {
  return kept(parent.field("dependencies"), (name, entry) => {
    const { resolved, dependencies, ...rest } = entry.object();
    const version = entry.field("version").text();
    if (
      !NAME.test(name) ||
      !isAddress(resolved) ||
      !(VERSION.test(version) || (/^npm:/.test(version) && isWanted(version)))
    )
      throw foreign(name, entry);
    return { ...rest, ...(dependencies === undefined ? {} : { dependencies: oldOnes(entry) }) };
  });
}

function isAddress(resolved: unknown): boolean {
  return resolved === undefined || (typeof resolved === "string" && /^https?:\/\//.test(resolved));
}

function nameAt(key: string): string {
  return key.slice(key.lastIndexOf("node_modules/") + "node_modules/".length) || key;
}

function foreign(name: string, place: JsonPlace): SandstackError {
  return wrongly(place, `does not come from a registry (${JSON.stringify(name.slice(0, 100))})`);
}

function wrongly(place: JsonPlace, how: string): SandstackError {
  return new SandstackError("INVALID_OPTION", `npm: ${place.path} ${how}.`, { hint: HINT });
}
