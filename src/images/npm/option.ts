import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { invalidOption, SandstackError } from "../../model/error";

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

/** Of what an `npm` option says, wherever its files are. */
export function npmFingerprint(npm: unknown): string {
  const { manifest = {}, lock } = parseNpm(npm) ?? {};
  return fingerprintOf({ manifest, lock });
}

function parseSpec(place: string, given: unknown): [string, string] {
  const [, name, range = "latest"] = SPEC.exec(typeof given === "string" ? given : "") ?? [];
  if (name !== undefined) return [name, range];
  throw new SandstackError("INVALID_OPTION", `${place}: ${JSON.stringify(given)} is not valid.`, {
    hint: `It takes ${RIGHT}; paths, addresses and repositories have no hash to hold them to.`,
  });
}

function fromPackage(path: string): NpmRequest | undefined {
  const file = resolve(path);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new SandstackError("NOT_FOUND", `npm.package: ${JSON.stringify(path)} is no file (${file}).`);
  }
  const all = readObject(path, file);
  const manifest = Object.fromEntries(
    FIELDS.flatMap((field) => (all[field] === undefined ? [] : [[field, all[field]]])),
  );
  const lockFile = join(dirname(file), "package-lock.json");
  const npmrc = join(dirname(file), ".npmrc");
  if (manifest["dependencies"] === undefined && manifest["optionalDependencies"] === undefined) return undefined;
  return {
    manifest,
    ...(existsSync(lockFile) ? { lock: readObject(join(dirname(path), "package-lock.json"), lockFile) } : {}),
    ...(existsSync(npmrc) ? { npmrc } : {}),
  };
}

function readObject(shown: string, file: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new SandstackError("INVALID_OPTION", `npm.package: ${JSON.stringify(shown)} is not JSON.`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SandstackError("INVALID_OPTION", `npm.package: ${JSON.stringify(shown)} is no object.`);
}
