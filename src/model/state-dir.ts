import { join } from "node:path";
import { invalidOption } from "./error";

/**
 * Where this machine keeps images, layers and the ledger; `SANDSTACK_STATE_DIR`, else the system's place for it.
 * @throws SandstackError INVALID_OPTION for a relative path
 */
export function stateDir(): string {
  return fromEnvironment("SANDSTACK_STATE_DIR", "/var/lib/sandstack");
}

/**
 * Where the sockets of living sandboxes are; `SANDSTACK_RUN_DIR`, else the system's place for it.
 * @throws SandstackError INVALID_OPTION for a relative path
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
  if (given.startsWith("/")) return given;
  // Keepers, tools and the next command start elsewhere, and would look for it there.
  throw invalidOption(name, given, `an absolute path; without it ${otherwise} is taken`);
}
