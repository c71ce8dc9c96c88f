import { totalmem } from "node:os";
import { capabilitiesOf } from "./capabilities";
import { invalidOption, SandstackError } from "./error";
import { parseImageUser } from "./image-config";
import { refuseUnknown } from "./refuse-unknown";
import { parseSize } from "./size";
import { TIERS, type Limits, type LocalTierName, type Network, type TierName } from "./tier";

/** Bounds of a sandbox. */
export interface LimitOptions {
  /** Processors, e.g. 0.5. Default: all. */
  cpus?: number;
  /** Memory and swap together, `"512MiB"` or bytes. Default: half of the machine's memory. */
  memory?: string | number;
  /** Processes and threads at once. Default 512. */
  processes?: number;
  /** All that the sandbox writes, `"1GiB"` or bytes. Default: no limit. */
  disk?: string | number;
}

const KNOWN_LIMITS: readonly (keyof LimitOptions)[] = ["cpus", "memory", "processes", "disk"];
const DEFAULT_PROCESSES = 512;

/** @throws SandstackError INVALID_OPTION */
export function parseTier(tier: unknown): TierName {
  if (TIERS.includes(tier as TierName)) return tier as TierName;
  throw invalidOption("tier", tier, `one of ${TIERS.join(", ")}`);
}

/**
 * Of what a stack declares, and is known only later.
 * @throws SandstackError INVALID_OPTION, or UNSUPPORTED for a tier that other things are declared on
 */
export function parseLocalTier(tier: unknown): LocalTierName {
  const name = parseTier(tier);
  if (name === "docker") throw knownTooLate("tier", name);
  return name;
}

/** What is declared depends on a value, and was declared before it was known. */
export function knownTooLate(option: string, value: string): SandstackError {
  const message = `${option}: ${JSON.stringify(value)} is not there when the program runs, but later.`;
  return new SandstackError("UNSUPPORTED", message, {
    hint: "What is declared depends on it: give it as a plain value, not as an output.",
  });
}

/** With the defaults in. @throws SandstackError INVALID_OPTION */
export function parseLimits(limits: LimitOptions): Limits {
  if (typeof limits !== "object" || limits === null || Array.isArray(limits)) {
    throw invalidOption("limits", limits, 'an object such as { memory: "512MiB" }');
  }
  refuseUnknown("limits.", limits, KNOWN_LIMITS);
  const { cpus, memory, processes = DEFAULT_PROCESSES, disk } = limits;
  if (cpus !== undefined && !(Number.isFinite(cpus) && cpus >= 0.01)) {
    throw invalidOption("limits.cpus", cpus, "a number of processors from 0.01 on, such as 0.5 or 2");
  }
  if (!Number.isInteger(processes) || processes < 1) {
    throw invalidOption("limits.processes", processes, "a whole number above zero such as 128");
  }
  return {
    cpus,
    memory: memory === undefined ? Math.floor(totalmem() / 2) : parseSize("limits.memory", memory),
    processes,
    disk: disk === undefined ? undefined : parseSize("limits.disk", disk),
  };
}

/** @throws SandstackError UNSUPPORTED naming the nearest tier that has it */
export function refuseDisk(disk: unknown): void {
  if (disk === undefined || disk === null) return;
  throw new SandstackError(
    "UNSUPPORTED",
    "limits.disk: an engine's volumes can't be bounded, so tier docker refuses it.",
    {
      hint: "Leave it out, or take tier nspawn, which has it.",
    },
  );
}

/** @throws SandstackError UNSUPPORTED: there the engine's own socket has a group */
export function refuseGroup(group: unknown): void {
  if (group === undefined || group === null) return;
  throw new SandstackError("UNSUPPORTED", `group: ${JSON.stringify(group)} is refused on tier docker.`, {
    hint: "Who may speak to the engine may speak to its sandboxes: that is the group of the engine's socket.",
  });
}

/** @throws SandstackError INVALID_OPTION, or UNSUPPORTED naming the tier that has it */
export function parseNetwork(network: unknown, tier: TierName): Network {
  if (network === "none") return network;
  if (network !== "host" && network !== "internal") {
    throw invalidOption("network", network, '"none", "host" on chroot, or "internal" on docker');
  }
  const [has, note] = network === "host" ? ["chroot", "chroot, and it is open then"] : ["docker", "docker"];
  if (tier === has) return network;
  throw new SandstackError("UNSUPPORTED", `network: ${JSON.stringify(network)} is refused on tier ${tier}.`, {
    hint: `The tier that has it is ${note}.`,
  });
}

/** As parseNetwork, of a sandbox that is alone. @throws SandstackError UNSUPPORTED for what needs others */
export function parseLoneNetwork(network: unknown, tier: TierName): Network {
  const parsed = parseNetwork(network, tier);
  if (parsed !== "internal") return parsed;
  throw new SandstackError("UNSUPPORTED", 'network: "internal" is between the instances of one host.', {
    hint: "Declare them on a SandboxHost; a sandbox by itself has nobody on it.",
  });
}

/** @throws SandstackError INVALID_OPTION, or USER_REFUSED naming the nearest tier that has a root inside */
export function parseUser(user: unknown, tier: TierName): string {
  const name = parseImageUser(user);
  if (capabilitiesOf(tier).root || (name !== "root" && !/^0+$/.test(name))) return name;
  throw new SandstackError("USER_REFUSED", `user: ${JSON.stringify(name)} is refused on tier ${tier}.`, {
    hint: "Without a user namespace root is the machine's own. The nearest tier with a root inside is nspawn.",
  });
}
