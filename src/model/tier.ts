import type { Duplex } from "node:stream";
import type { GuestLink } from "./guest-link";
import type { BuildProgress, ImageConfig } from "./image";

/** The isolation levels whose sandboxes are held by a keeper of this machine, weakest first. */
export const LOCAL_TIERS = ["chroot", "nspawn"] as const;
export type LocalTierName = (typeof LOCAL_TIERS)[number];

/** The isolation levels that are built, weakest first. */
export const TIERS = [...LOCAL_TIERS, "docker"] as const;
export type TierName = (typeof TIERS)[number];

/** Bounds of one sandbox, parsed. `undefined` is no bound. */
export interface Limits {
  /** Processors, e.g. 0.5 or 2. */
  cpus?: number;
  /** Bytes of memory and swap together. */
  memory?: number;
  /** Processes and threads. */
  processes?: number;
  /** Bytes of all that the sandbox writes. */
  disk?: number;
}

/** Bounds that can be moved while a sandbox lives. */
export type MovableLimits = Omit<Limits, "disk">;

/**
 * `none`: a network namespace with `lo` and nothing else. `host`: the machine's own network, chroot only, named as open.
 * `internal`: those that are declared on one host of tier docker reach one another, and nothing else.
 */
export type Network = "none" | "host" | "internal";

/** All that a tier needs to make a sandbox; every value parsed and checked, the image built. */
export interface SandboxSpec {
  id: string;
  /** Unique on this machine while the sandbox is there. */
  name?: string;
  owner: string;
  /** `<project>/<stack>`, for people. */
  stack?: string;
  /** Its name in the stack's program, for people; several stacks may have one of the same name. */
  declaredAs?: string;
  /** ms since 1970. */
  createdAt: number;
  /** ms since 1970. */
  deadline: number;
  ttlMs: number;
  /** The root file system: directories, top first. */
  layers: readonly string[];
  /** Shared writable layers among them (of snapshots), on which references must be held. */
  sharedLayers?: readonly string[];
  /** The image's digest, for the record. */
  image: string;
  limits: Limits;
  network: Network;
  /** Default user of commands. */
  user: string;
  /** What its image gives commands; the user is above, for somebody else may have named another. */
  config?: Omit<ImageConfig, "user">;
  /** What it writes is to make sense as a layer of an image: renaming a directory of a lower layer copies it. */
  plainLayers?: boolean;
  /** Group that may connect to the sandbox's socket besides root. */
  group?: string;
  /** Where its engine is, on tier docker. */
  docker?: DockerPlace;
  /** Of this process, where the sandbox is to end with it, however that ends; `undefined`: the sandbox outlives it. */
  creatorPid?: number;
}

/** Which engine of which machine. */
export interface DockerPlace {
  /** `unix:///var/run/docker.sock`, `tcp://host:2376`, `ssh://user@host`. */
  host: string;
  /** Of those that the engine has, such as `runsc`; `undefined`: its usual one. */
  runtime?: string;
  /** The internal network that its container is on, by name. */
  network?: string;
  /** The volume that its files begin as, and whose the payload's are in it. */
  snapshot?: { volume: string; uid: number };
}

/** A container of an engine. */
export interface DockerAddress {
  kind: "docker";
  host: string;
  container: string;
}

/** A socket of this machine, or a container of an engine. */
export type Address = { kind: "unix"; path: string } | DockerAddress;

/** Where a living sandbox is reached. Holds no secret. */
export interface Connection {
  version: 1;
  tier: TierName;
  id: string;
  owner: string;
  address: Address;
}

/** A byte stream to a guest. Unreferenced, it does not keep the process alive. */
export interface Transport extends Duplex {
  ref(): unknown;
  unref(): unknown;
}

/** What a tier says of one of its sandboxes. */
export interface SandboxRecord {
  id: string;
  name?: string;
  tier: TierName;
  owner: string;
  stack?: string;
  /** Its name in its stack's program; absent in what a version before this one has made. */
  declaredAs?: string;
  image: string;
  createdAt: number;
  deadline: number;
  state: "running" | "ended" | "dead";
  connection: Connection;
  ended?: EndedRecord;
}

/** How a sandbox ended; it outlives the sandbox. */
export interface EndedRecord {
  id: string;
  endedAt: number;
  how: "finished" | "timed out" | "killed" | "out of memory" | "lost";
  /** Of a task. */
  exitCode: number | null;
  signal: number | null;
  task: boolean;
  /** Bytes that the kept output lost at its front. */
  outputDropped: number;
}

/** One object on this machine that bears our marks. */
export interface OwnedObject {
  kind:
    | ("process" | "cgroup" | "socket" | "layer" | "snapshot" | "uid range" | "record" | "loop device" | "mount")
    | ("container" | "volume" | "network");
  /** How a person finds it: a pid, a path. */
  where: string;
  owner: string;
  /** The sandbox that it belongs to; the owner, of what serves all of a host. */
  sandbox: string;
  createdAt: number;
  /** ms since 1970; undefined where it has none (a kept snapshot). */
  deadline?: number;
  /** The state directory that has its record, by that one's id, where its mark says so. */
  ledger?: string;
}

/** One thing that a machine lacks, and how to get it. */
export interface Missing {
  what: string;
  why: string;
  how: string;
}

/** One isolation level's mechanics. Every call observes first, and removing what is gone succeeds. */
export interface Tier {
  readonly name: TierName;
  /** What this machine lacks for the tier; empty when it can run. */
  preflight(): Promise<Missing[]>;
  /** Before an image is built for it: @throws SandstackError naming the first thing that this machine lacks. */
  requireMachine(docker?: DockerPlace): void | Promise<void>;
  /** Sees to it that whoever runs sandboxes has an image, where that is not this machine: a sandbox's time begins after it. */
  bringImage?(digest: string, options: CreateOptions, docker?: DockerPlace): Promise<void>;
  /** Makes a sandbox; on any failure nothing is left. */
  create(spec: SandboxSpec, how?: CreateOptions): Promise<Created>;
  find(idOrName: string): Promise<SandboxRecord | undefined>;
  snapshot(link: GuestLink, options: SnapshotOptions, of: Connection): Promise<void>;
  rollback(link: GuestLink, snapshotId: string, of: Connection): Promise<void>;
  /** Ends the sandbox whatever state it is in, and returns when nothing of it is left. */
  remove(id: string): Promise<void>;
  /** Every object on this machine that is ours, of one owner or of all. */
  owned(owner?: string): Promise<OwnedObject[]>;
}

export interface CreateOptions {
  /** Whoever makes it is about to use it: the way in is opened with it, which is quicker than to connect afterwards. */
  dial?: boolean;
  /** Writes an image of the store, by its digest, as an archive at a path: what an engine of another machine is given. */
  exportImage?: (digest: string, path: string) => Promise<unknown>;
  /** Told that an image is handed over, which takes its time. */
  onProgress?: (progress: BuildProgress) => void;
  /** Aborting rejects with ABORTED; nothing is left then. */
  signal?: AbortSignal;
}

export interface Created {
  connection: Connection;
  /** A connection to its guest, where `dial` asked for one; the caller's to close. */
  socket?: Transport;
}

export interface SnapshotOptions {
  id: string;
  description?: string;
  /** Outlives its sandbox. */
  keep?: boolean;
}
