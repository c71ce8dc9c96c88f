import { SandstackError } from "../model/error";
import { hasUnknown, type Values } from "./values";

/** One input that cannot be what it is. */
export interface Failure {
  /** The path of the property. */
  property: string;
  reason: string;
}

/** The path of a property at the beginning of an error's message: `limits.memory: `, `files["/a"]: `, `run[1]: `. */
const PATH = /^(([A-Za-z]\w*)(?:\.\w+|\[\d+\]|\["(?:[^"\\]|\\.)*"\])*): /;

/** Checks the inputs of a resource one by one, and collects what is wrong. */
export class Checker {
  readonly failures: Failure[] = [];
  /** What the user is to know, and what stops nothing. */
  readonly remarks: string[] = [];
  /** The inputs, with what was parsed in the place of what was given. */
  readonly inputs: Record<string, unknown>;

  constructor(given: Values) {
    this.inputs = { ...given };
  }

  /** Parses an input that is there and wholly known; what is not known yet comes again. */
  async parse(property: string, parse: (value: never) => unknown): Promise<void> {
    const value = this.inputs[property];
    if (value === undefined || value === null || hasUnknown(value)) return;
    await this.attempt(property, async () => {
      this.inputs[property] = await parse(value as never);
    });
  }

  /** As parse, of an input that must be there. */
  async require(property: string, right: string, parse: (value: never) => unknown): Promise<void> {
    const value = this.inputs[property];
    if (value !== undefined && value !== null) return this.parse(property, parse);
    this.failures.push({ property, reason: `${property} is missing. It takes ${right}.` });
  }

  /** Whether an input is there, known, and was found right. */
  isGood(property: string): boolean {
    const value = this.inputs[property];
    const failed = this.failures.some((failure) => failure.property === property);
    return value !== undefined && value !== null && !hasUnknown(value) && !failed;
  }

  async attempt(property: string, check: () => unknown): Promise<void> {
    try {
      await check();
    } catch (error) {
      const { message, hint } = SandstackError.from(error);
      const [, path, top = ""] = PATH.exec(message) ?? [];
      const named = top in this.inputs ? path : undefined;
      this.failures.push({ property: named ?? property, reason: hint === undefined ? message : `${message} ${hint}` });
    }
  }
}
