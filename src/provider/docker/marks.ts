import type { Values } from "../values";
import { DEFAULTS, META, SCHEMA_VERSIONS } from "./shape/state-shape";

/** Values without what the plugin keeps beside them, at any depth. */
export function withoutMarks<T extends object>(values: T): T {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    return typeof value === "object" && value !== null ? withoutMarks(value) : value;
  };
  const entries = Object.entries(values).filter(([name]) => name !== DEFAULTS && name !== META);
  return Object.fromEntries(entries.map(([name, value]) => [name, strip(value)])) as T;
}

/** What a program gave, as what the check has made sure that it is. */
export function givenAs<T>(values: Values): T {
  return withoutMarks(values) as unknown as T;
}

/** Outputs with what the plugin keeps beside them. */
export function withMarks(token: string, id: string, outputs: Values): Values {
  const version = SCHEMA_VERSIONS[token];
  const meta = version === undefined ? {} : { [META]: JSON.stringify({ schema_version: String(version) }) };
  return { ...meta, ...outputs, id };
}
