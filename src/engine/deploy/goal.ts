import type { PropertyMap } from "../property/value";

/** What a program registers. */
export interface Goal {
  type: string;
  name: string;
  custom: boolean;
  /** URN; the root has none. */
  parent: string | undefined;
  inputs: PropertyMap;
  /** A reference; empty for the package's default provider. */
  provider: string;
  /** The plugin's version that the SDK asks for; empty for any. */
  version: string;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  /** `undefined` leaves it to the provider. */
  deleteBeforeReplace: boolean | undefined;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  additionalSecretOutputs: string[];
  aliases: AliasSpec[];
  customTimeouts: { create: number; update: number; delete: number; read: number };
  retainOnDelete: boolean;
  deletedWith: string;
  /** `file:///path#line,column` of the user's line. */
  sourcePosition: string | undefined;
}

/** A goal that asks for nothing in particular. */
export function plainGoal(type: string, name: string): Goal {
  return {
    type,
    name,
    custom: true,
    parent: undefined,
    inputs: {},
    provider: "",
    version: "",
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    deleteBeforeReplace: undefined,
    ignoreChanges: [],
    replaceOnChanges: [],
    additionalSecretOutputs: [],
    aliases: [],
    customTimeouts: { create: 0, update: 0, delete: 0, read: 0 },
    retainOnDelete: false,
    deletedWith: "",
    sourcePosition: undefined,
  };
}

/** What a resource was called before: a URN, or the parts that were different. */
export type AliasSpec =
  { urn: string } | { name: string; type: string; stack: string; project: string; parent: string; noParent: boolean };

/** What a program is told of what it has registered. */
export interface Registered {
  urn: string;
  id: string;
  outputs: PropertyMap;
}
