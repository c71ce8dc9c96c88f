import type { ContainerCreateOptions, HostConfig, MountSettings } from "dockerode";
import { labelMap } from "../labels";
import type { ContainerInputs, Mount, Volume } from "./inputs";

export const MEGABYTE = 1024 * 1024;

/** Inputs that an engine takes as they are, with its names for them. */
export const IN_CONFIG = {
  command: "Cmd",
  domainname: "Domainname",
  entrypoints: "Entrypoint",
  envs: "Env",
  hostname: "Hostname",
  stdinOpen: "OpenStdin",
  stopSignal: "StopSignal",
  stopTimeout: "StopTimeout",
  tty: "Tty",
  user: "User",
  workingDir: "WorkingDir",
} as const;
export const IN_HOST_CONFIG = {
  cgroupParent: "CgroupParent",
  cgroupnsMode: "CgroupnsMode",
  cpuPeriod: "CpuPeriod",
  cpuQuota: "CpuQuota",
  cpuSet: "CpusetCpus",
  cpuShares: "CpuShares",
  dns: "Dns",
  dnsOpts: "DnsOptions",
  dnsSearches: "DnsSearch",
  groupAdds: "GroupAdd",
  ipcMode: "IpcMode",
  networkMode: "NetworkMode",
  pidMode: "PidMode",
  privileged: "Privileged",
  publishAllPorts: "PublishAllPorts",
  readOnly: "ReadonlyRootfs",
  runtime: "Runtime",
  securityOpts: "SecurityOpt",
  sysctls: "Sysctls",
  tmpfs: "Tmpfs",
  usernsMode: "UsernsMode",
} as const;

/** The container as an engine is asked for it: what the plugin would ask for. */
export function createOptions(inputs: ContainerInputs): ContainerCreateOptions {
  const { volumes = [], ports = [] } = inputs;
  const paths = volumes.flatMap(({ containerPath }) => containerPath ?? []);
  return {
    name: inputs.name,
    Image: inputs.image,
    ...renamed(inputs, IN_CONFIG),
    Labels: labelMap(inputs.labels),
    ExposedPorts: emptyObjects(ports.map(portKey)),
    Volumes: emptyObjects(paths),
    HostConfig: hostConfig(inputs),
  };
}

function hostConfig(inputs: ContainerInputs): HostConfig {
  const { capabilities, hosts = [], ulimits = [], volumes = [], ports = [], logDriver = "", logOpts } = inputs;
  const bindings = ports.map((port): [string, object[]] => [
    portKey(port),
    ports
      .filter((other) => portKey(other) === portKey(port))
      .map(({ ip = "", external }) => ({ HostIp: ip, HostPort: external === undefined ? "" : String(external) })),
  ]);
  return {
    ...renamed(inputs, IN_HOST_CONFIG),
    // Only where cpus says nothing.
    ...(inputs.cpus ? { NanoCpus: nanoCpus(inputs.cpus), CpuPeriod: undefined, CpuQuota: undefined } : {}),
    ...limits(inputs),
    Init: inputs.init ?? false,
    ShmSize: inputs.shmSize ? inputs.shmSize * MEGABYTE : undefined,
    CapAdd: capabilities?.adds,
    CapDrop: capabilities?.drops,
    ExtraHosts: hosts.map(({ host, ip }) => `${host}:${ip}`),
    Ulimits: ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    LogConfig: { Type: logDriver, Config: logOpts ?? {} },
    Mounts: (inputs.mounts ?? []).map(mountSettings),
    Binds: volumes.flatMap(bind),
    VolumesFrom: volumes.flatMap(({ fromContainer }) => fromContainer || []),
    PortBindings: Object.fromEntries(bindings),
  };
}

/** What can be changed while a container runs. */
export function limits(inputs: ContainerInputs): HostConfig {
  const { memory = 0, memorySwap = 0, memoryReservation = 0, restart = "no", maxRetryCount = 0 } = inputs;
  return {
    ...renamed(inputs, { cpuShares: "CpuShares", cpuSet: "CpusetCpus" } as const),
    Memory: memory ? memory * MEGABYTE : undefined,
    MemorySwap: memorySwap > 0 ? memorySwap * MEGABYTE : memorySwap || undefined,
    MemoryReservation: memoryReservation ? memoryReservation * MEGABYTE : undefined,
    RestartPolicy: { Name: restart, MaximumRetryCount: maxRetryCount },
  };
}

/** What an engine is asked for to change them. It says nothing of swap, and keeps the one of before, only if told. */
export function updateOptions(inputs: ContainerInputs): HostConfig {
  const asked = { ...limits(inputs), ...renamed(inputs, { cpuPeriod: "CpuPeriod", cpuQuota: "CpuQuota" } as const) };
  // What a new container would get: as much swap as memory.
  const swap = asked.MemorySwap ?? (asked.Memory === undefined ? undefined : asked.Memory * 2);
  return { ...asked, MemorySwap: swap };
}

/** A decimal number of processors. */
export function nanoCpus(cpus: string): number {
  return Math.round(Number(cpus) * 1e9);
}

export function portKey({ internal, protocol = "tcp" }: { internal: number; protocol?: string }): string {
  return `${internal}/${protocol}`;
}

function bind({ containerPath, fromContainer, hostPath, volumeName, readOnly, selinuxRelabel }: Volume): string[] {
  const source = hostPath || volumeName;
  if (fromContainer || !source || containerPath === undefined) return [];
  return [`${source}:${containerPath}:${readOnly ? "ro" : "rw"}${selinuxRelabel ? `,${selinuxRelabel}` : ""}`];
}

function mountSettings(mount: Mount): MountSettings {
  const { type, target, source = "", readOnly = false, bindOptions, tmpfsOptions, volumeOptions } = mount;
  return {
    Type: type as MountSettings["Type"],
    Target: target,
    Source: source,
    ReadOnly: readOnly,
    ...(type === "bind" && bindOptions && { BindOptions: { Propagation: bindOptions.propagation } }),
    ...(type === "tmpfs" &&
      tmpfsOptions && { TmpfsOptions: { SizeBytes: tmpfsOptions.sizeBytes, Mode: tmpfsOptions.mode } }),
    ...(type === "volume" && volumeOptions && { VolumeOptions: volumeSettings(volumeOptions) }),
  } as MountSettings;
}

function volumeSettings(options: NonNullable<Mount["volumeOptions"]>): object {
  const { noCopy = false, labels, driverName, driverOptions, subpath } = options;
  return {
    NoCopy: noCopy,
    Labels: labelMap(labels),
    ...(driverName !== undefined && { DriverConfig: { Name: driverName, Options: driverOptions ?? {} } }),
    ...(subpath && { Subpath: subpath }),
  };
}

/** The engine's default stands for what is not given, or empty. */
function renamed(inputs: ContainerInputs, names: Readonly<Record<string, string>>): object {
  const entries = Object.entries(names).map(([name, theirs]) => [theirs, inputs[name as keyof ContainerInputs]]);
  return Object.fromEntries(entries.filter(([, value]) => !isEmpty(value))) as object;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === "" || value === 0 || (Array.isArray(value) && value.length === 0);
}

function emptyObjects(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}
