import { totalmem } from "node:os";
import { invalidOption, SandstackError } from "../src/model/error";
import type { BuildProgress, ImageArgs } from "../src/model/image";
import { parseSize } from "../src/model/size";
import { TIERS, type Limits, type Network, type TierName } from "../src/model/tier";
import { parseDuration } from "../src/model/ttl";
import { argvOf } from "./commands/run-options";
import { formatEnvs, type Envs } from "./envs";
import type { Snapshot } from "./snapshot";

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

/** What Sandbox.create takes; every part is optional. */
export interface SandboxOptions {
  /** Isolation. Default `nspawn`. */
  tier?: TierName;
  /**
   * Where its files begin: an image of this machine's store by digest or reference (`sha256:…`, `debian:bookworm`), the
   * path of a root file system (with a slash, `./rootfs.tar`), or what to build. Default: the machine's own Debian or
   * Ubuntu suite with python3-minimal.
   */
  image?: string | ImageArgs;
  /** Begins from a snapshot, or its id, instead of an image. */
  snapshot?: string | Snapshot;
  /** To find it by; unique on this machine while it is there. */
  name?: string;
  /** It ends by itself after this: `"90s"`, `"15m"`, `"1h30m"`, or ms. Default `"5m"`. */
  ttl?: string | number;
  /** A command, as in commands.run; the sandbox ends when it ends, and `ttl` is the upper bound. */
  task?: string | readonly string[];
  limits?: LimitOptions;
  /** `host` is the machine's own network, on chroot only, and open. Default `none`: loopback and nothing else. */
  network?: Network;
  /** Who commands run as. Default `agent` (1000). `root` is refused on chroot. */
  user?: string;
  /** Environment of every command that this object starts. Not stored anywhere, so secrets may be in it. */
  envs?: Envs;
  /** A group of this machine whose members may connect, besides root. */
  group?: string;
  /** It ends when this process does, however that ends. Default false. */
  endWithProcess?: boolean;
  /** Told how the building of the image goes. */
  onProgress?: (progress: BuildProgress) => void;
  /** Aborting rejects with ABORTED; nothing is left then. */
  signal?: AbortSignal;
}

/** The same, with every value parsed and every default in. */
export interface ParsedOptions {
  tier: TierName;
  image: string | ImageArgs | undefined;
  snapshot: string | undefined;
  name: string | undefined;
  ttlMs: number;
  task: readonly string[] | undefined;
  limits: Limits;
  network: Network;
  user: string;
  group: string | undefined;
  endWithProcess: boolean;
}

const KNOWN: readonly (keyof SandboxOptions)[] = [
  ...(["tier", "image", "snapshot", "name", "ttl", "task", "limits", "network", "user", "envs", "group"] as const),
  ...(["endWithProcess", "onProgress", "signal"] as const),
];
const KNOWN_LIMITS: readonly (keyof LimitOptions)[] = ["cpus", "memory", "processes", "disk"];
const DEFAULT_PROCESSES = 512;

/**
 * Checks the options of Sandbox.create before anything is done.
 * @throws SandstackError INVALID_OPTION, USER_REFUSED or UNSUPPORTED, naming option and value
 */
export function parseOptions(options: SandboxOptions): ParsedOptions {
  refuseUnknown("", options, KNOWN);
  formatEnvs(options.envs ?? {});
  const { image, snapshot, name, task, group } = options;
  if (image !== undefined && snapshot !== undefined) {
    throw new SandstackError("INVALID_OPTION", "image: given together with snapshot.", {
      hint: "A sandbox begins from one of them.",
    });
  }
  const tier = parseTier(options.tier ?? "nspawn");
  return {
    tier,
    image: parseImage(image),
    snapshot: typeof snapshot === "object" ? snapshot.id : snapshot,
    name,
    ttlMs: parseDuration("ttl", options.ttl ?? "5m"),
    task: task === undefined ? undefined : argvOf(task, "task"),
    limits: parseLimits(options.limits ?? {}),
    network: parseNetwork(options.network ?? "none", tier),
    user: parseUser(options.user ?? "agent", tier),
    group,
    endWithProcess: options.endWithProcess ?? false,
  };
}

function refuseUnknown(prefix: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new SandstackError("INVALID_OPTION", `${prefix}${unknown}: there is no such option.`, {
    hint: `There are: ${known.map((key) => prefix + key).join(", ")}.`,
  });
}

function parseTier(tier: unknown): TierName {
  if (TIERS.includes(tier as TierName)) return tier as TierName;
  throw invalidOption("tier", tier, `one of ${TIERS.join(", ")}`);
}

function parseImage(image: unknown): string | ImageArgs | undefined {
  const isArgs = typeof image === "object" && image !== null && "from" in image;
  if (image === undefined || isArgs || (typeof image === "string" && image !== "")) return image as ImageArgs;
  throw invalidOption("image", image, "a digest, a reference, the path of a root file system, or { from: … }");
}

function parseLimits(limits: LimitOptions): Limits {
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

function parseNetwork(network: unknown, tier: TierName): Network {
  if (network !== "none" && network !== "host") throw invalidOption("network", network, '"none", or "host" on chroot');
  if (network === "none" || tier === "chroot") return network;
  throw new SandstackError("UNSUPPORTED", `network: "host" is refused on tier ${tier}.`, {
    hint: "The tier that has it is chroot, and it is open then.",
  });
}

function parseUser(user: unknown, tier: TierName): string {
  if (typeof user !== "string" || !/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(user)) {
    throw invalidOption("user", user, "a name or number from the image's /etc/passwd");
  }
  if (tier !== "chroot" || (user !== "root" && !/^0+$/.test(user))) return user;
  throw new SandstackError("USER_REFUSED", `user: ${JSON.stringify(user)} is refused on tier chroot.`, {
    hint: "Without a user namespace root is the machine's own. The nearest tier with a root inside is nspawn.",
  });
}
