import type { ContainerCreateOptions } from "dockerode";
import { formatEnvs } from "../../model/envs";
import type { SandboxSpec } from "../../model/tier";
import {
  CAPABILITIES,
  GUEST_FOLDER,
  GUEST_PROGRAM,
  LOG_OPTIONS,
  RUN_TMPFS,
  securityOptions,
  SPARE_PROCESSES,
  TERMINAL_OPTIONS,
  TERMINALS,
} from "../../model/docker/hardening";
import { labelsFor } from "../../model/docker/labels";
import type { Origin } from "./origin";
import { containerName, placeOf, volumeName, WRITABLE } from "../../model/docker/names";

/** What a container needs to know that its sandbox's spec does not say. */
export interface Surroundings {
  /** What the engine calls the image. */
  image: string;
  /** The volume that has the guest. */
  guestVolume: string;
  /** Who the payload runs as. */
  uid: number;
  /** Of the default user. */
  home: string;
  /** The place where its record is. */
  origin?: Origin;
}

/** The container of a sandbox as an engine is asked for it. */
export function containerOptions(spec: SandboxSpec, around: Surroundings): ContainerCreateOptions {
  const { limits } = spec;
  return {
    name: containerName(spec.id),
    Image: around.image,
    Entrypoint: [GUEST_PROGRAM, "docker"],
    Cmd: [],
    User: "0:0",
    WorkingDir: "/",
    Hostname: "sandbox",
    Env: guestEnvironment(spec, around),
    Labels: labelsFor("sandbox", { ...spec, ...around.origin }),
    HostConfig: {
      ...HARDENED,
      CapAdd: CAPABILITIES,
      SecurityOpt: securityOptions(),
      Runtime: spec.docker?.runtime,
      RestartPolicy: { Name: "no" },
      LogConfig: { Type: "json-file", Config: LOG_OPTIONS },
      Mounts: [
        { Type: "volume", Source: around.guestVolume, Target: GUEST_FOLDER, ReadOnly: true },
        ...WRITABLE.map((volume) => ({
          Type: "volume" as const,
          Source: volumeName(spec.id, volume),
          Target: placeOf(volume, around.home),
        })),
        ...(spec.docker?.runtime === undefined
          ? [terminals(labelsFor("terminals", { ...spec, ...around.origin }))]
          : []),
      ],
      Memory: limits.memory,
      MemorySwap: limits.memory,
      NanoCpus: limits.cpus === undefined ? undefined : Math.round(limits.cpus * 1e9),
      PidsLimit: limits.processes === undefined ? undefined : limits.processes + SPARE_PROCESSES,
    },
  };
}

/** The labels find it where a container was removed without its volumes. */
function terminals(labels: Record<string, string>) {
  return {
    Type: "volume" as const,
    Source: "",
    Target: TERMINALS,
    VolumeOptions: { NoCopy: true, Labels: labels, DriverConfig: { Name: "local", Options: TERMINAL_OPTIONS } },
  };
}

/** What holds for helpers too. */
export const HARDENED = {
  ReadonlyRootfs: true,
  CapDrop: ["ALL"],
  NetworkMode: "none",
  IpcMode: "private",
  Tmpfs: RUN_TMPFS,
  Ulimits: [{ Name: "core", Soft: 1, Hard: 1 }],
};

/** What the guest is told: its own variables, which no command sees. Nothing of it is secret. */
export function guestEnvironment(spec: SandboxSpec, { uid, home }: Pick<Surroundings, "uid" | "home">): string[] {
  const { limits, config } = spec;
  const told: Record<string, string | number | undefined> = {
    ID: spec.id,
    USER: spec.user,
    UID: uid,
    HOME: home,
    CWD: config?.cwd,
    STARTED: spec.createdAt,
    DEADLINE: spec.deadline,
    MEMORY: limits.memory,
    PROCESSES: limits.processes,
    CPUS: limits.cpus === undefined ? undefined : Math.round(limits.cpus * 1000),
  };
  const own = Object.entries(told).flatMap(([name, value]) =>
    value === undefined ? [] : [`SANDSTACK_${name}=${value}`],
  );
  return [...formatEnvs(config?.env ?? {}), ...own];
}
