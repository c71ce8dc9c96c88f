import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { own } from "../sdk/own";

/** A value that is not known yet, at preview. */
export const UNKNOWN = Symbol("unknown");

/** Properties of a resource; secrets are unwrapped, and what is not known is UNKNOWN. */
export type Values = Readonly<Record<string, unknown>>;

/** Properties as they came, and which of them held a secret. */
export interface Properties {
  values: Values;
  secrets: ReadonlySet<string>;
}

// Marks of Pulumi's own in what goes over the wire.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function readProperties(struct: Struct | undefined): Properties {
  const secrets = new Set<string>();
  const given = (struct?.toJavaScript() ?? {}) as Record<string, unknown>;
  const entries = Object.entries(given).map(([name, value]) => [name, unwrap(value, () => secrets.add(name))]);
  return { values: Object.fromEntries(entries) as Values, secrets };
}

function unwrap(value: unknown, onSecret: () => void): unknown {
  if (value === UNKNOWN_TEXT) return UNKNOWN;
  if (Array.isArray(value)) return value.map((item) => unwrap(item, onSecret));
  if (typeof value !== "object" || value === null) return value;
  const given = value as Record<string, unknown>;
  if (given[SIGNATURE] === SECRET) {
    onSecret();
    return unwrap(given["value"], onSecret);
  }
  return Object.fromEntries(Object.entries(given).map(([name, item]) => [name, unwrap(item, onSecret)]));
}

/** What is undefined is left out; a property that is named as secret is wrapped as one whole. */
export function writeProperties(values: Values, secrets: ReadonlySet<string> = new Set()): Struct {
  const entries = Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const wrapped = wrap(value);
    return [[name, secrets.has(name) ? { [SIGNATURE]: SECRET, value: wrapped } : wrapped]];
  });
  return own("struct").Struct.fromJavaScript(Object.fromEntries(entries) as Record<string, never>);
}

function wrap(value: unknown): unknown {
  if (value === UNKNOWN) return UNKNOWN_TEXT;
  if (Array.isArray(value)) return value.map((item) => wrap(item));
  if (typeof value !== "object" || value === null) return value;
  const known = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(known.map(([name, item]) => [name, wrap(item)]));
}

/** Whether a value, or a part of it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}
