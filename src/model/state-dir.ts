import { join, resolve } from "node:path";
import { invalidOption, SandstackError } from "./error";
import { walk, type Distrust } from "./trusted-place";

/**
 * Where this machine keeps images, layers and the ledger; `SANDSTACK_STATE_DIR`, else the system's place for it.
 * @throws SandstackError INVALID_OPTION for a relative path, one below /proc or /sys, or a directory that others can change
 */
export function stateDir(): string {
  return fromEnvironment("SANDSTACK_STATE_DIR", "/var/lib/sandstack");
}

/**
 * Where the sockets of living sandboxes are; `SANDSTACK_RUN_DIR`, else the system's place for it.
 * @throws SandstackError INVALID_OPTION for a relative path, one below /proc or /sys, or a directory that others can change
 */
export function runDir(): string {
  return fromEnvironment("SANDSTACK_RUN_DIR", "/run/sandstack");
}

/** A path below the state directory. */
export function statePath(...parts: string[]): string {
  return join(stateDir(), ...parts);
}

/** An empty variable is one that is not set, as everywhere. */
function fromEnvironment(name: string, otherwise: string): string {
  const given = process.env[name] || otherwise;
  // Keepers, tools and the next command start elsewhere, and would look for it there.
  if (!given.startsWith("/")) throw invalidOption(name, given, `an absolute path; without it ${otherwise} is taken`);
  // Takes the path as it is used: whoever adds to a path takes its `..` away, whatever link is before it.
  const path = resolve(given);
  // Node's mkdir of parents never ends there (20.20).
  if (/^\/(proc|sys)(\/|$)/.test(path)) throw invalidOption(name, given, "a directory in which files can be made");
  requireOwn(name, path, otherwise);
  return path;
}

/** Directories that this process has looked at. One that is still to be made is looked at until it stands. */
const trusted = new Set<string>();

/** Refuses a place that others can change: this user would believe and run what is there, a socket or a program. */
function requireOwn(name: string, path: string, otherwise: string): void {
  if (trusted.has(path)) return;
  const { distrust, whole } = walk(path);
  if (distrust !== undefined) throw foreign(name, path, otherwise, distrust);
  if (whole) trusted.add(path);
}

function foreign(name: string, given: string, otherwise: string, { path, why }: Distrust): SandstackError {
  const own = process.geteuid?.() === 0 ? "root" : "you or root";
  return new SandstackError("INVALID_OPTION", `${name}: ${JSON.stringify(given)} is not safe: ${path} ${why}.`, {
    hint:
      hintOfSudo(name, otherwise) ??
      `${name} takes a directory of ${own} that nobody else can write to, below directories like it; without it ${otherwise} is taken.`,
  });
}

/** Whoever asked for root by sudo has most likely named a directory of his own. */
function hintOfSudo(name: string, otherwise: string): string | undefined {
  const { SUDO_UID, SUDO_USER } = process.env;
  if (process.geteuid?.() !== 0 || !SUDO_UID || SUDO_UID === "0") return undefined;
  return `Under sudo it must be root's: leave it out, or \`sudo ${name}=${otherwise}-${SUDO_USER || SUDO_UID} COMMAND\`.`;
}
