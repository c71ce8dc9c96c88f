import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { invalidOption, SandstackError } from "../../model/error";
import { JsonPlace, shortened } from "../../model/json-place";
import { readJsonText } from "../../model/json-text";
import { readSmallFile } from "../../model/small-file";
import { isRange } from "./names";
import { checkManifest, registryLock } from "./registry-only";

/** What an `npm` option asks for. */
export interface NpmRequest {
  /** Of package.json, only what says what is installed. */
  manifest: Readonly<Record<string, unknown>>;
  /** The package-lock.json beside it. */
  lock?: Readonly<Record<string, unknown>>;
  /** A file of npm's configuration beside it. */
  npmrc?: string;
}

/** Tells one package-lock.json from another, wherever its packages came from. */
export function fingerprintOf(lock: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(lock, (key, value: unknown) => (key === "resolved" ? undefined : value));
  return createHash("sha256").update(text).digest("hex");
}

/** `cowsay`, `cowsay@1.6.0`, `@scope/name@^2`, `name@latest`. */
const SPEC = /^((?:@[a-z0-9~][\w.~-]*\/)?[a-z0-9~][\w.~-]*)(?:@([\w.^~<>=|*+ -]+))?$/i;
const RIGHT = 'a package of a registry such as "cowsay" or "cowsay@1.6.0"';
/** What of a package.json counts. */
const FIELDS = ["dependencies", "optionalDependencies", "overrides"];

/**
 * @returns `undefined` where nothing is asked for
 * @throws SandstackError INVALID_OPTION naming the place, NOT_FOUND for a file that is not there
 */
export function parseNpm(npm: unknown): NpmRequest | undefined {
  if (Array.isArray(npm)) {
    const dependencies = Object.fromEntries(npm.map((one, index) => parseSpec(`npm[${index}]`, one)).sort());
    return npm.length === 0 ? undefined : { manifest: { dependencies } };
  }
  const path: unknown = (npm as { package?: unknown } | null)?.package;
  if (typeof path !== "string" || path === "") {
    throw invalidOption("npm", JSON.stringify(npm), '["cowsay@1.6.0"] or { package: "package.json" }');
  }
  return fromPackage(path);
}

/** The package.json that the packages are installed by. */
export function manifestOf({ manifest }: NpmRequest): Record<string, unknown> {
  return { name: "image", version: "0.0.0", private: true, ...manifest };
}

/** Gives the part of its package-lock.json that npm goes on from. */
export function lockFor({ lock }: NpmRequest): Readonly<Record<string, unknown>> | undefined {
  return lock && registryLock(new JsonPlace(lock, "package-lock.json:"));
}

/** Of what an `npm` option says, wherever its files are. */
export function npmFingerprint(npm: unknown): string {
  const { manifest = {}, lock } = parseNpm(npm) ?? {};
  return fingerprintOf({ manifest, lock });
}

function parseSpec(place: string, given: unknown): [string, string] {
  const [, name, range = "latest"] = SPEC.exec(typeof given === "string" ? given : "") ?? [];
  if (name !== undefined && isRange(range)) return [name, range];
  throw new SandstackError("INVALID_OPTION", `${place}: ${shortened(given)} is not valid.`, {
    hint: `It takes ${RIGHT}; paths, addresses and repositories have no hash to hold them to.`,
  });
}

function fromPackage(path: string): NpmRequest | undefined {
  const file = resolve(path);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new SandstackError("NOT_FOUND", `npm.package: ${JSON.stringify(path)} is no file (${file}).`);
  }
  const all = readObject(path, file, checkManifest);
  const manifest = Object.fromEntries(
    FIELDS.flatMap((field) => (all[field] === undefined ? [] : [[field, all[field]]])),
  );
  const lockFile = join(dirname(file), "package-lock.json");
  const npmrc = join(dirname(file), ".npmrc");
  if (manifest["dependencies"] === undefined && manifest["optionalDependencies"] === undefined) return undefined;
  return {
    manifest,
    ...(existsSync(lockFile)
      ? { lock: readObject(join(dirname(path), "package-lock.json"), lockFile, registryLock) }
      : {}),
    ...(existsSync(npmrc) ? { npmrc } : {}),
  };
}

function readObject(shown: string, file: string, check: (all: JsonPlace) => void): Readonly<Record<string, unknown>> {
  try {
    const all = readJsonText(readSmallFile(file), `${shown}:`);
    check(all);
    return all.object();
  } catch (error) {
    if (error instanceof SandstackError && error.code === "INVALID_OPTION") throw error;
    const { message } = error as Error;
    const why = error instanceof SandstackError ? message : `${JSON.stringify(shown)} cannot be read: ${message}.`;
    throw new SandstackError("INVALID_OPTION", `npm.package: ${why}`, { cause: error });
  }
}
