import type { ContainerCreateOptions } from "dockerode";
import { formatEnvs } from "../../model/envs";
import type { SandboxSpec } from "../../model/tier";
import { labelsFor } from "./labels";
import { containerName, placeOf, volumeName, WRITABLE } from "./names";
import { seccompProfile } from "./seccomp-profile";

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
}

/** Where the guest's volume is seen, read-only. */
export const GUEST_FOLDER = "/.sandstack";
export const GUEST_PROGRAM = `${GUEST_FOLDER}/sandstack-guest`;
/** Of DESIGN section 4: what it takes to change ids, to signal and to own the payload's files, and nothing else. */
const CAPABILITIES = ["SETUID", "SETGID", "KILL", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETPCAP"];
/** The guest, and whoever comes through `docker exec`, beside the payload's own. */
const SPARE_PROCESSES = 32;

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
    Labels: labelsFor("sandbox", spec),
    HostConfig: {
      ...HARDENED,
      CapAdd: CAPABILITIES,
      SecurityOpt: ["no-new-privileges", `seccomp=${seccompProfile()}`],
      RestartPolicy: { Name: "no" },
      LogConfig: { Type: "json-file", Config: { "max-size": "8m", "max-file": "1" } },
      Mounts: [
        { Type: "volume", Source: around.guestVolume, Target: GUEST_FOLDER, ReadOnly: true },
        ...WRITABLE.map((volume) => ({
          Type: "volume" as const,
          Source: volumeName(spec.id, volume),
          Target: placeOf(volume, around.home),
        })),
      ],
      Memory: limits.memory,
      MemorySwap: limits.memory,
      NanoCpus: limits.cpus === undefined ? undefined : Math.round(limits.cpus * 1e9),
      PidsLimit: limits.processes === undefined ? undefined : limits.processes + SPARE_PROCESSES,
    },
  };
}

/** What holds for helpers too. */
export const HARDENED = {
  ReadonlyRootfs: true,
  CapDrop: ["ALL"],
  NetworkMode: "none",
  IpcMode: "private",
  Tmpfs: { "/run": "rw,nosuid,nodev,mode=755,size=16m" },
  Ulimits: [{ Name: "core", Soft: 0, Hard: 0 }],
};

/** What the guest is told: its own variables, which no command sees. Nothing of it is secret. */
function guestEnvironment(spec: SandboxSpec, { uid, home }: Surroundings): string[] {
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
