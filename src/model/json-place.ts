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
    const dot = /[:/]$/.test(this.path) ? " " : ".";
    const shown = /^[\w-]+$/.test(name) ? `${dot}${name}` : `[${JSON.stringify(name)}]`;
    return new JsonPlace(Object.hasOwn(fields, name) ? fields[name] : undefined, this.path + shown);
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
    return this.value.map((item, index) => new JsonPlace(item, `${this.path}[${index}]`));
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
    const shown = JSON.stringify(this.value) as string | undefined;
    const short = shown === undefined ? "missing" : shown.length > 100 ? `${shown.slice(0, 100)}…` : shown;
    return new SandstackError("CORRUPT", `${this.path} is ${short}; it should be ${right}.`);
  }
}

export const HEX_DIGEST = /^[0-9a-f]{64}$/;
