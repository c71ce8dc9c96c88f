/**
 * What can go wrong, as a machine reads it. Codes that the guest sends keep their names (guest/PROTOCOL.md);
 * a code is part of the interface, a message is not.
 */
export type ErrorCode =
  // asked for something that cannot be
  | "INVALID_OPTION"
  | "NOT_FOUND"
  | "EXISTS"
  | "NAME_TAKEN"
  | "NO_SUCH_SANDBOX"
  | "NO_SUCH_SNAPSHOT"
  | "NO_SUCH_IMAGE"
  | "NO_SUCH_COMMAND"
  | "UNSUPPORTED"
  // the machine cannot
  | "NOT_ROOT"
  | "MISSING_TOOL"
  | "KERNEL_TOO_OLD"
  | "NO_SPACE"
  | "LOCKED"
  | "CORRUPT"
  | "BUILD_FAILED"
  | "REGISTRY_FAILED"
  | "LOCK_FAILED"
  | "START_FAILED"
  // a container engine
  | "NO_ENGINE"
  | "ENGINE_FAILED"
  // a stack
  | "BAD_PASSPHRASE"
  | "PROGRAM_FAILED"
  | "PROVIDER_FAILED"
  | "UPDATE_FAILED"
  | "LEFT_BEHIND"
  // in the sandbox
  | "COMMAND_EXIT"
  | "NOT_EXECUTABLE"
  | "NOT_A_DIRECTORY"
  | "IS_A_DIRECTORY"
  | "NOT_EMPTY"
  | "PERMISSION_DENIED"
  | "BAD_PATH"
  | "BAD_ARCHIVE"
  | "INCOMPLETE"
  | "BAD_REQUEST"
  | "UNKNOWN_USER"
  | "USER_REFUSED"
  | "LIMIT"
  | "CONNECTION_REFUSED"
  | "ROLLED_BACK"
  | "TIMEOUT"
  | "ABORTED"
  // the sandbox is over
  | "ENDED"
  | "ENDING"
  // between us and the guest
  | "PROTOCOL"
  | "VERSION"
  | "INTERNAL";

export interface SandstackErrorOptions {
  /** What brought it about. */
  cause?: unknown;
  /** What the reader can do about it: one sentence, or the exact command. */
  hint?: string;
}

/** The one error class. The message names the option and the value received; `hint` says what would be right. */
export class SandstackError extends Error {
  override readonly name: string = "SandstackError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, { cause, hint }: SandstackErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }

  /** Any thrown value as a SandstackError; one that is already passes through. */
  static from(thrown: unknown, code: ErrorCode = "INTERNAL"): SandstackError {
    if (thrown instanceof SandstackError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new SandstackError(code, message, { cause: thrown });
  }
}

/** An option that cannot be what it is: names it, the value received, and what would be right. */
export function invalidOption(option: string, received: unknown, right: string): SandstackError {
  return new SandstackError("INVALID_OPTION", `${option}: ${show(received)} is not valid.`, {
    hint: `${option} takes ${right}${right.endsWith("?") ? "" : "."}`,
  });
}

/** Whether an option is one of a command line, where every value is a text. */
export function isTyped(option: string): boolean {
  return option.startsWith("--");
}

/** Characters of a value that a message shows. */
const SHOWN = 200;

/** A value in few words. What is in an object is not told: it may be secret. */
function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
  if (Array.isArray(value)) return `[${value.length > 0 ? value.map(show).join(",").slice(0, SHOWN) : ""}]`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  const name = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === "string" && name !== "" && name !== "Object" ? `an object of class ${name}` : "an object";
}
