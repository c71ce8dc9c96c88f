import { SandstackError } from "../../model/error";
import { secret, type PropertyMap } from "../property/value";
import type { ConfigValue } from "./stack-file";

/** A stack's config in clear, as programs and providers take it. */
export interface Config {
  /** Text by full key; what is structured is JSON. */
  values: Record<string, string>;
  secretKeys: string[];
}

/** `project:key`; a key without a colon is the project's own. */
export function fullKey(key: string, project: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

/**
 * A stack's config, in clear.
 * @param defaults of the project file: a value, or `{ value }`, `{ default }`
 * @throws SandstackError CORRUPT where a secret does not decrypt
 */
export function resolveConfig(
  values: Record<string, ConfigValue>,
  defaults: Record<string, unknown>,
  project: string,
  decrypt: (ciphertext: string) => string,
): Config {
  const config: Config = { values: {}, secretKeys: [] };
  for (const [key, value] of Object.entries(defaults)) {
    const inner =
      isRecord(value) && ("value" in value || "default" in value) ? (value["value"] ?? value["default"]) : value;
    if (inner !== undefined && inner !== null) config.values[fullKey(key, project)] = asText(inner);
  }
  for (const [key, value] of Object.entries(values)) {
    const full = fullKey(key, project);
    let hasSecret = false;
    const clear = openSecrets(value, (ciphertext) => {
      hasSecret = true;
      try {
        return decrypt(ciphertext);
      } catch (cause) {
        throw new SandstackError("CORRUPT", `config ${full}: the secret does not decrypt.`, {
          cause,
          hint: `Set it again: sandstack config set --secret ${full}`,
        });
      }
    });
    config.values[full] = asText(clear);
    if (hasSecret) config.secretKeys.push(full);
  }
  return config;
}

/** The inputs of a package's default provider: all of `<package>:*`. */
export function providerConfig(config: Config, pkg: string): PropertyMap {
  const inputs: PropertyMap = {};
  for (const [key, value] of Object.entries(config.values)) {
    if (!key.startsWith(`${pkg}:`)) continue;
    inputs[key.slice(pkg.length + 1)] = config.secretKeys.includes(key) ? secret(value) : value;
  }
  return inputs;
}

/** Config as the history keeps it: secrets as the stack's file has them, encrypted. */
export function historyConfig(values: Record<string, ConfigValue>, project: string): Record<string, ConfigValue> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      fullKey(key, project),
      typeof value === "object" ? value : String(value),
    ]),
  );
}

function openSecrets(value: unknown, decrypt: (ciphertext: string) => string): unknown {
  if (Array.isArray(value)) return value.map((element) => openSecrets(element, decrypt));
  if (!isRecord(value)) return value;
  const { secure } = value;
  if (Object.keys(value).length === 1 && typeof secure === "string") return decrypt(secure);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, openSecrets(inner, decrypt)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
