import { randomBytes } from "node:crypto";
import type { Failure } from "../checker";
import { hasUnknown, UNKNOWN, type Values } from "../values";
import type { Declaration } from "./declaration";
import { DEFAULTS } from "./shape/state-shape";
import type { Fields, Type } from "./shape/fields";

/** What a resource's inputs were before. */
export interface Before {
  /** In the state. */
  olds?: Values;
  /** Where an earlier run was cut off while it made the resource. */
  interrupted?: Values;
}

export interface Checked {
  inputs: Values;
  failures: Failure[];
}

/** Inputs as the plugin keeps them: with its defaults, a name, and the list of what was not given. */
export function checkInputs(declaration: Declaration, name: string, given: Values, before: Before = {}): Checked {
  const { shape, required } = declaration;
  const news = withoutNothing(given);
  const failures = [...mistakes("", { object: shape.inputs }, news), ...refusals(declaration, news)];
  for (const [input, rule] of Object.entries(declaration.rules)) {
    const value = news[input];
    const isWrong = failures.some(({ property }) => property.split(/[.[]/)[0] === input);
    if (value === undefined || value === "" || hasUnknown(value) || isWrong) continue;
    const reason = rule(value as never);
    if (reason !== undefined) failures.push({ property: input, reason });
  }
  for (const input of required) {
    if (news[input] === undefined || news[input] === "") failures.push({ property: input, reason: "is missing" });
  }
  return { inputs: failures.length > 0 ? given : complete(declaration, name, news, before), failures };
}

/** An input of the value that it has anyway asks for nothing. */
function refusals({ defaults, refused }: Declaration, news: Values): Failure[] {
  return Object.entries(refused).flatMap(([input, hint]) => {
    const value = news[input];
    const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
    if (value === undefined || value === defaults[input] || value === false || value === "" || isEmpty) return [];
    return { property: input, reason: `is not covered where the docker plugin is not installed. ${hint}` };
  });
}

function complete(declaration: Declaration, name: string, news: Values, before: Before): Values {
  const { shape, defaults, isNamed } = declaration;
  const inputs = marked(shape.inputs, news, (input) => declaration.innerDefaults[input] ?? {});
  const missing = Object.keys(defaults).filter((input) => news[input] === undefined);
  for (const input of missing) inputs[input] = defaults[input];
  if (isNamed && news["name"] === undefined) {
    inputs["name"] =
      ownName(before.olds) ?? ownName(before.interrupted) ?? `${name}-${randomBytes(4).toString("hex").slice(1)}`;
    missing.push("name");
  }
  return { [DEFAULTS]: missing.sort(), ...inputs };
}

/** The name that was given to it here, and not by the program. */
function ownName(inputs: Values | undefined): unknown {
  return hasOwnName(inputs ?? {}) ? inputs?.["name"] : undefined;
}

export function hasOwnName(inputs: Values): boolean {
  const defaults = inputs[DEFAULTS];
  return Array.isArray(defaults) && defaults.includes("name");
}

/** Objects within, each with the list of its defaults. */
function marked(types: Fields, values: Values, defaultsOf: (input: string) => Values): Record<string, unknown> {
  const mark = (inner: Fields, value: unknown, defaults: Values): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const missing = Object.keys(defaults).filter((name) => (value as Values)[name] === undefined);
    const added = Object.fromEntries(missing.map((name) => [name, defaults[name]]));
    return { [DEFAULTS]: missing.sort(), ...added, ...marked(inner, withoutNothing(value as Values), () => ({})) };
  };
  const entries = Object.entries(values).map(([name, value]) => {
    const type = types[name];
    if (typeof type !== "object") return [name, value];
    const defaults = defaultsOf(name);
    if ("object" in type) return [name, mark(type.object, value, defaults)];
    return [name, Array.isArray(value) ? value.map((item) => mark(type.list, item, defaults)) : value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

const TEXTS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a whole number",
  boolean: "true or false",
  strings: "a list of texts",
  map: "an object of texts",
};

/** Names that the vendor does not have, and values of another type than the vendor's. */
function mistakes(path: string, type: Type, value: unknown): Failure[] {
  if (value === UNKNOWN || value === undefined || value === null) return [];
  const wrong = (right: string): Failure[] => [{ property: path, reason: `takes ${right}, not ${show(value)}` }];
  if (typeof type === "object") {
    if ("list" in type) {
      if (!Array.isArray(value)) return wrong("a list");
      return value.flatMap((item, index) => mistakes(`${path}[${index}]`, { object: type.list }, item));
    }
    if (!isObject(value)) return wrong("an object");
    return Object.entries(value).flatMap(([name, item]) => {
      const inner = path === "" ? name : `${path}.${name}`;
      const known = type.object[name];
      if (name === DEFAULTS) return [];
      return known === undefined ? [{ property: inner, reason: "is not known" }] : mistakes(inner, known, item);
    });
  }
  if (type === "strings") return Array.isArray(value) && value.every(isText) ? [] : wrong(TEXTS[type] as string);
  if (type === "map") return isObject(value) && Object.values(value).every(isText) ? [] : wrong(TEXTS[type] as string);
  const isRight = type === "number" ? Number.isInteger(value) : typeof value === type;
  return isRight ? [] : wrong(TEXTS[type] as string);
}

const isText = (value: unknown) => typeof value === "string" || value === UNKNOWN;
const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const show = (value: unknown) => JSON.stringify(value);

function withoutNothing(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}
