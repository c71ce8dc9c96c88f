import { join } from "node:path";

/** Where this machine keeps images, layers and the ledger; `SANDSTACK_STATE_DIR`, else the system's place for it. */
export function stateDir(): string {
  return process.env["SANDSTACK_STATE_DIR"] ?? "/var/lib/sandstack";
}

/** Where the sockets of living sandboxes are; `SANDSTACK_RUN_DIR`, else the system's place for it. */
export function runDir(): string {
  return process.env["SANDSTACK_RUN_DIR"] ?? "/run/sandstack";
}

/** A path below the state directory. */
export function statePath(...parts: string[]): string {
  return join(stateDir(), ...parts);
}
