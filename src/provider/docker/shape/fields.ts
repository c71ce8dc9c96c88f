/** What a property is in a state. */
export type Type = "string" | "number" | "boolean" | "strings" | "map" | ObjectType | ListType;

export interface ObjectType {
  object: Fields;
}
export interface ListType {
  list: Fields;
}
/** By name. */
export type Fields = Readonly<Record<string, Type>>;

/** Names by type, for tables that are read. */
export interface Names extends Partial<Record<"string" | "number" | "boolean" | "strings" | "map", string>> {
  /** Of properties that hold one object. */
  objects?: Readonly<Record<string, Fields>>;
  /** Of properties that hold a list of them. */
  lists?: Readonly<Record<string, Fields>>;
}

export function fields({ objects = {}, lists = {}, ...plain }: Names): Fields {
  const all: Record<string, Type> = {};
  for (const [type, names] of Object.entries(plain)) for (const name of names.split(" ")) all[name] = type as Type;
  for (const [name, object] of Object.entries(objects)) all[name] = { object };
  for (const [name, list] of Object.entries(lists)) all[name] = { list };
  return all;
}

/** A type of resource as the vendor declares it. */
export interface Shape {
  /** What a program may give. Each is in the outputs too. */
  inputs: Fields;
  /** What only the outputs have. */
  computed: Fields;
  /** Of the inputs, what the outputs have also where the program gives nothing. */
  found: readonly string[];
}
