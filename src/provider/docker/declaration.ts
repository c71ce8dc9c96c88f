import type { Effects } from "../changes";
import type { Values } from "../values";
import type { Shape } from "./shape/fields";

/** One type of resource: what it takes, and what a change of that brings about. */
export interface Declaration {
  token: string;
  shape: Shape;
  required: readonly string[];
  /** What the plugin gives an input that a program leaves out. */
  defaults: Values;
  /** The same within the objects of an input. */
  innerDefaults: Readonly<Record<string, Values>>;
  /** Inputs that only the plugin has, and what to do without them. Given as their default they are harmless. */
  refused: Readonly<Record<string, string>>;
  /** What is wrong with a value of the right type, if anything; by input. */
  rules: Readonly<Record<string, (value: never) => string | undefined>>;
  /** Has a name of its own where the program gives none. */
  isNamed: boolean;
  /** Lists whose order means nothing. */
  sets: ReadonlySet<string>;
  effects: Effects;
  /** Inputs that can be changed in place and not be taken back. */
  lasting: ReadonlySet<string>;
  /** Inputs that somebody else may have changed, and that an update sets right. */
  drifting: readonly string[];
  /** The old one goes before the new one comes, even where the new one has another name. */
  deletesFirst: boolean;
}

/** Every input replaces but these. */
export function effectsOf({ inputs }: Shape, updates: readonly string[]): Effects {
  const names = Object.keys(inputs);
  return Object.fromEntries(names.map((name) => [name, updates.includes(name) ? "update" : "replace"]));
}
