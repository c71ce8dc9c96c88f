import { SandstackError } from "./error";

/**
 * A value of a JSON file that people or other programs may have edited, and its place in it. Each reading either gives
 * what should be there or names the place, what is there and what would be right.
 */
export class JsonPlace {
  /** @param path how a message names the place, such as `sandstack.lock: images.python.digest` */
  constructor(
    readonly value: unknown,
    readonly path: string,
  ) {}

  field(name: string): JsonPlace {
    const fields = this.object();
    return new JsonPlace(Object.hasOwn(fields, name) ? fields[name] : undefined, pathOf(this.path, name));
  }

  /** The field of a name, where it is there at all. */
  optional(name: string): JsonPlace | undefined {
    const field = this.field(name);
    return field.value === undefined ? undefined : field;
  }

  /** Every field, by name. */
  fields(): [string, JsonPlace][] {
    return Object.keys(this.object()).map((name) => [name, this.field(name)]);
  }

  list(): JsonPlace[] {
    if (!Array.isArray(this.value)) throw this.wrong("a list");
    return this.value.map((item, index) => new JsonPlace(item, pathOf(this.path, index)));
  }

  /** A list in which each item is another one by what `key` says of it. */
  distinct<T>(read: (item: JsonPlace) => T, key: (item: T) => string): T[] {
    const known = new Set<string>();
    return this.list().map((place) => {
      const item = read(place);
      if (known.has(key(item))) throw place.wrong(`another one: ${key(item)} is there already`);
      known.add(key(item));
      return item;
    });
  }

  text(pattern?: RegExp, right = "a text"): string {
    if (typeof this.value !== "string" || pattern?.test(this.value) === false) throw this.wrong(right);
    return this.value;
  }

  /** A whole number that is not negative. */
  count(): number {
    if (!Number.isSafeInteger(this.value) || (this.value as number) < 0) throw this.wrong("a whole number");
    return this.value as number;
  }

  oneOf<T extends string>(words: readonly T[]): T {
    if (!words.includes(this.value as T)) throw this.wrong(`one of ${words.join(", ")}`);
    return this.value as T;
  }

  object(): Readonly<Record<string, unknown>> {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value))
      throw this.wrong("an object");
    return this.value as Readonly<Record<string, unknown>>;
  }

  wrong(right: string): SandstackError {
    return new SandstackError("CORRUPT", `${this.path} is ${shortened(this.value)}; it should be ${right}.`);
  }
}

/** How a message names what is in a place. */
export function pathOf(path: string, step: string | number): string {
  if (typeof step === "number") return `${path}[${step}]`;
  const dot = /[:/]$/.test(path) ? " " : ".";
  return path + (/^[\w-]+$/.test(step) ? `${dot}${shorten(step)}` : `[${shorten(JSON.stringify(step))}]`);
}

/** A value for a message, whatever it is and however long. */
export function shortened(value: unknown): string {
  try {
    const shown = JSON.stringify(value) as string | undefined;
    return shown === undefined ? "missing" : shorten(shown);
  } catch {
    return "nested too deeply";
  }
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

export const HEX_DIGEST = /^[0-9a-f]{64}$/;
