import { argvOf } from "../src/model/argv";
import { isByteText } from "../src/model/byte-text";
import { invalidOption, SandstackError } from "../src/model/error";
import type { BuildProgress, ImageArgs } from "../src/model/image";
import { refuseHalfCharacters } from "../src/model/refuse-half-characters";
import { refuseUnknown } from "../src/model/refuse-unknown";
import {
  parseLimits,
  parseLoneNetwork,
  parseTier,
  parseUser,
  refuseDisk,
  refuseGroup,
  type LimitOptions,
} from "../src/model/sandbox-options";
import type { DockerPlace, Limits, Network, TierName } from "../src/model/tier";
import { parseDuration } from "../src/model/ttl";
import { formatEnvs, type Envs } from "../src/model/envs";
import { CALLBACK, checkOptions, ENVS, FLAG, PARSED, SIGNAL, TEXT, type Taken } from "./checks";
import type { Snapshot } from "./snapshot";

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
  /** Who commands run as. Default: the image's, else `agent` (1000). `root` is refused on chroot. */
  user?: string;
  /** Environment of every command that this object starts. Not stored anywhere, so secrets may be in it. */
  envs?: Envs;
  /** A group of this machine whose members may connect, besides root. */
  group?: string;
  /** Which engine, on tier docker: `{ host: "unix:///var/run/docker.sock" }`. Default: DOCKER_HOST, else this machine's. */
  docker?: DockerPlace;
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
  user: string | undefined;
  group: string | undefined;
  docker: DockerPlace | undefined;
  endWithProcess: boolean;
}

const TAKES: Readonly<Record<keyof SandboxOptions, Taken>> = {
  tier: PARSED,
  image: PARSED,
  snapshot: PARSED,
  name: TEXT,
  ttl: PARSED,
  task: PARSED,
  limits: PARSED,
  network: PARSED,
  user: PARSED,
  envs: ENVS,
  group: TEXT,
  docker: PARSED,
  endWithProcess: FLAG,
  onProgress: CALLBACK,
  signal: SIGNAL,
};

/**
 * Checks the options of Sandbox.create before anything is done.
 * @throws SandstackError INVALID_OPTION, USER_REFUSED or UNSUPPORTED, naming option and value; ABORTED
 */
export function parseOptions(options: SandboxOptions): ParsedOptions {
  checkOptions("Sandbox.create()", options, TAKES);
  formatEnvs(options.envs ?? {}, "envs", isByteText);
  const { image, snapshot, name, task, group } = options;
  if (image !== undefined && snapshot !== undefined) {
    throw new SandstackError("INVALID_OPTION", "image: given together with snapshot.", {
      hint: "A sandbox begins from one of them.",
    });
  }
  const tier = parseTier(options.tier ?? "nspawn");
  if (tier === "docker") {
    refuseDisk(options.limits?.disk);
    refuseGroup(group);
  }
  return {
    tier,
    image: parseImage(image),
    snapshot: parseSnapshot(snapshot),
    name,
    ttlMs: parseDuration("ttl", options.ttl ?? "5m"),
    task: task === undefined ? undefined : argvOf(task, "task", isByteText),
    limits: parseLimits(options.limits ?? {}),
    network: parseLoneNetwork(options.network ?? "none", tier),
    user: options.user === undefined ? undefined : parseUser(options.user, tier),
    group,
    docker: parseDocker(options.docker, tier),
    endWithProcess: options.endWithProcess ?? false,
  };
}

function parseSnapshot(snapshot: unknown): string | undefined {
  const id: unknown = typeof snapshot === "object" ? (snapshot as Partial<Snapshot> | null)?.id : snapshot;
  if (snapshot === undefined || (typeof id === "string" && id !== "")) return id as string | undefined;
  throw invalidOption("snapshot", snapshot, "a snapshot, or its id");
}

function parseDocker(docker: unknown, tier: TierName): DockerPlace | undefined {
  if (docker === undefined) return undefined;
  const { host } = (docker ?? {}) as Partial<DockerPlace>;
  if (typeof docker !== "object" || typeof host !== "string") {
    throw invalidOption(
      "docker",
      JSON.stringify(docker),
      'the place of an engine, such as { host: "tcp://host:2376" }',
    );
  }
  refuseUnknown("docker.", docker as object, ["host"]);
  if (tier !== "docker") throw invalidOption("docker", host, `nothing on tier ${tier}; tier: "docker" has engines`);
  return { host };
}

function parseImage(image: unknown): string | ImageArgs | undefined {
  refuseHalfCharacters("image", image);
  const isArgs = typeof image === "object" && image !== null && "from" in image;
  if (image === undefined || isArgs || (typeof image === "string" && image !== "")) return image as ImageArgs;
  throw invalidOption("image", image, "a digest, a reference, the path of a root file system, or { from: … }");
}
