import * as pulumi from "@pulumi/pulumi";
import { SandstackError } from "../src/model/error";

/** What declares a sandbox's parts, as messages name them. */
export type Noun = "SandboxHost" | "SandboxImage" | "SandboxInstance" | "SandboxSnapshot";

/**
 * Runs a check of a declaration. What it throws names the resource, and holds its hint in the message: both engines
 * show a program's error by its message and its line.
 */
export function inDeclaration<T>(noun: Noun, name: string, check: () => T): T {
  try {
    return check();
  } catch (thrown) {
    const { code, message, hint } = SandstackError.from(thrown);
    const words = hint === undefined ? message : `${message} ${hint}`;
    throw new SandstackError(code, `${noun} ${JSON.stringify(name)}: ${words}`, { cause: thrown });
  }
}

/** Whether a value is there to be looked at while the program runs; what comes later the provider checks at preview. */
export function isPlain(value: unknown): boolean {
  return !pulumi.Output.isInstance(value) && !(value instanceof Promise);
}

/** @throws SandstackError INVALID_OPTION where an option that must be there is not */
export function requireOption(option: string, value: unknown, right: string): void {
  if (value !== undefined && value !== null) return;
  throw new SandstackError("INVALID_OPTION", `${option} is missing.`, { hint: `${option} takes ${right}.` });
}

/** @throws SandstackError INVALID_OPTION where an option that takes another component has something else */
export function requireComponent(option: string, value: unknown, noun: Noun): void {
  requireOption(option, value, `a ${noun}`);
  if ((value as { __pulumiType?: unknown }).__pulumiType === typeOf(noun)) return;
  throw new SandstackError("INVALID_OPTION", `${option} is not a ${noun}.`, {
    hint: `${option} takes a ${noun} itself, not one of its outputs.`,
  });
}

/** A component's type token. */
export function typeOf(noun: Noun): string {
  return `sandstack:index:${noun}`;
}

/** `<project>/<stack>`, for people. */
export function stackName(): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}`;
}
