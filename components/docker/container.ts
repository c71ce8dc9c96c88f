import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  CAPABILITIES,
  GUEST_FOLDER,
  GUEST_PROGRAM,
  LOG_OPTIONS,
  RUN_TMPFS,
  securityOptions,
  TERMINAL_OPTIONS,
  TERMINALS,
} from "../../src/model/docker/hardening";
import { labelList, type Label } from "../../src/model/docker/label-list";
import { labelsFor, type Kind, type Ownership } from "../../src/model/docker/labels";
import { containerName, placeOf, volumeName, WRITABLE, type Writable } from "../../src/model/docker/names";
import { invalidOption } from "../../src/model/error";
import { parseSize } from "../../src/model/size";

const MEGABYTE = 2 ** 20;
/** An engine refuses less. */
const LEAST_MEGABYTES = 6;
/** Microseconds over which a share of processors is counted. */
const CPU_PERIOD = 100_000;

/** What every sandbox's container is, whoever declares it. A change of it makes other sandboxes. */
export const HARDENED = {
  entrypoints: [GUEST_PROGRAM, "docker"],
  user: "0:0",
  workingDir: "/",
  hostname: "sandbox",
  readOnly: true,
  capabilities: { adds: CAPABILITIES.map((name) => `CAP_${name}`), drops: ["ALL"] },
  securityOpts: securityOptions(),
  ulimits: [{ name: "core", soft: 1, hard: 1 }],
  ipcMode: "private",
  networkMode: "none",
  tmpfs: RUN_TMPFS,
  restart: "no",
  // One that has ended is not to be started again.
  mustRun: false,
  logDriver: "json-file",
  logOpts: LOG_OPTIONS,
} satisfies Partial<docker.ContainerArgs>;

const terminals = (labels: pulumi.Input<Label[]>) => ({
  type: "volume",
  target: TERMINALS,
  volumeOptions: { noCopy: true, labels, driverName: "local", driverOptions: TERMINAL_OPTIONS },
});

/** What is a container's own. */
export interface ContainerParts {
  /** The sandbox's. */
  id: pulumi.Output<string>;
  /** What the engine calls it. */
  image: pulumi.Input<string>;
  guest: { volume: pulumi.Output<string>; home: pulumi.Output<string>; envs: pulumi.Output<string[]> };
  /** The names of its own. */
  volumes: Readonly<Record<Writable, pulumi.Input<string>>>;
  labels: pulumi.Output<Label[]>;
  /** Those of the volume that its terminals are in: they find it where a container was removed without its volumes. */
  terminalLabels: pulumi.Output<Label[]>;
  memory: pulumi.Output<string | number>;
  cpus?: pulumi.Input<number>;
  runtime?: pulumi.Input<string>;
  /** Where it has another network than none. */
  network?: Pick<docker.ContainerArgs, "networkMode" | "dns" | "sysctls">;
}

export function containerArgs(parts: ContainerParts): docker.ContainerArgs {
  const { id, image, guest, volumes, labels, terminalLabels, cpus, runtime, network } = parts;
  const memory = parts.memory.apply(megabytesOf);
  return {
    ...HARDENED,
    name: id.apply(containerName),
    image,
    envs: guest.envs,
    labels,
    mounts: [
      { type: "volume", source: guest.volume, target: GUEST_FOLDER, readOnly: true },
      ...WRITABLE.map((of) => ({
        type: "volume",
        source: volumes[of],
        target: guest.home.apply((home) => placeOf(of, home)),
      })),
      ...(runtime === undefined ? [terminals(terminalLabels)] : []),
    ],
    memory,
    memorySwap: memory,
    // What can be moved without making the container anew, unlike a number of processors.
    ...(cpus === undefined ? {} : { cpuPeriod: CPU_PERIOD, cpuQuota: pulumi.output(cpus).apply(quotaOf) }),
    runtime,
    ...network,
  };
}

export function volumeArgs(id: pulumi.Output<string>, of: Writable, labels: pulumi.Input<Label[]>): docker.VolumeArgs {
  return { name: id.apply((sandbox) => volumeName(sandbox, of)), labels };
}

/** As an engine lists them. */
export function labelArgs(kind: Kind, of: Ownership): Label[] {
  return labelList(labelsFor(kind, of));
}

/**
 * An engine bounds whole megabytes, and takes none at all for no bound.
 * @throws SandstackError INVALID_OPTION
 */
export function megabytesOf(memory: string | number): number {
  const megabytes = Math.floor(parseSize("limits.memory", memory) / MEGABYTE);
  if (megabytes >= LEAST_MEGABYTES) return megabytes;
  throw invalidOption("limits.memory", memory, `at least ${LEAST_MEGABYTES}MiB on tier docker`);
}

function quotaOf(cpus: number): number {
  return Math.round(cpus * CPU_PERIOD);
}
