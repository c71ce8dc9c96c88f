import type { ContainerInspectInfo } from "dockerode";
import { withoutMarks } from "../marks";
import type { Values } from "../../values";
import { formatGoDuration } from "./go-duration";
import type { ContainerInputs } from "./inputs";
import { IN_CONFIG, IN_HOST_CONFIG, MEGABYTE } from "./options";

/** What the engine tells and the types of dockerode do not know. */
interface Inspected extends Omit<ContainerInspectInfo, "NetworkSettings"> {
  NetworkSettings: ContainerInspectInfo["NetworkSettings"] & { Bridge?: string };
}
type HealthConfig = NonNullable<ContainerInspectInfo["Config"]["Healthcheck"]>;
type Entries = Record<string, unknown>;

/** The plugin never reads these again: they are as the program gave them. */
const KEPT: ReadonlySet<string> = new Set(["cgroupParent", "cgroupnsMode", "cpuPeriod", "cpuQuota", "envs"]);

/** The state of a container as the plugin reads it: what the engine tells, and the inputs where it is not asked. */
export function containerOutputs(given: ContainerInputs, info: ContainerInspectInfo): Values {
  const inputs = withoutMarks(given);
  const { start = true, mustRun = true } = inputs;
  return {
    envs: [],
    labels: [],
    ...inputs,
    ...read(info.Config, IN_CONFIG),
    ...read(info.HostConfig, IN_HOST_CONFIG),
    ...(inputs.pidMode ? {} : { pidMode: undefined }),
    name: info.Name.replace(/^\//, ""),
    // An image that was named stays named: its id would be another input.
    image: inputs.image.startsWith("sha256:") ? info.Image : info.Config.Image,
    platform: info.Platform,
    ...hostOutputs(info.HostConfig, inputs),
    healthcheck: info.Config.Healthcheck && healthOutputs(info.Config.Healthcheck),
    // Found stopped, it says that it need not run: a difference that the next update sets right.
    mustRun: mustRun && (info.State.Running || !start),
    exitCode: info.State.Running ? undefined : info.State.ExitCode,
    ...networkOutputs(info, inputs),
  };
}

function read(from: object, names: Readonly<Record<string, string>>): Entries {
  const found: Entries = {};
  for (const [name, theirs] of Object.entries(names)) {
    if (KEPT.has(name)) continue;
    const value = (from as Entries)[theirs] ?? undefined;
    found[name] = ALWAYS[name] !== undefined ? (value ?? ALWAYS[name]) : isEmptyCollection(value) ? undefined : value;
  }
  return found;
}

/** What the plugin gives where the engine has nothing. */
const ALWAYS: Readonly<Record<string, unknown>> = {
  command: [],
  entrypoints: [],
  securityOpts: [],
  stopSignal: "",
  stopTimeout: 0,
  runtime: "",
};

function hostOutputs(host: ContainerInspectInfo["HostConfig"], inputs: ContainerInputs): Entries {
  const { Memory = 0, MemorySwap = 0, MemoryReservation = 0, ShmSize = 0, NanoCpus = 0 } = host;
  const [adds, drops] = [orNothing(host.CapAdd as string[]), orNothing(host.CapDrop as string[])];
  const hosts = ((host.ExtraHosts ?? []) as string[]).map((text) => {
    const [name = "", ...ip] = text.split(":");
    return { host: name, ip: ip.join(":") };
  });
  const ulimits = (host.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard }));
  return {
    capabilities: adds || drops ? { adds, drops } : undefined,
    cpus: NanoCpus > 0 ? inputs.cpus : undefined,
    hosts: orNothing(hosts),
    init: host.Init ?? false,
    logDriver: host.LogConfig?.Type,
    logOpts: inputs.logOpts && (host.LogConfig?.Config as unknown),
    maxRetryCount: host.RestartPolicy?.MaximumRetryCount ?? 0,
    memory: Math.trunc(Memory / MEGABYTE),
    memoryReservation: Math.trunc(MemoryReservation / MEGABYTE),
    memorySwap: MemorySwap > 0 ? Math.trunc(MemorySwap / MEGABYTE) : MemorySwap,
    mounts: orNothing((host.Mounts ?? []).map(mountOutputs)),
    restart: host.RestartPolicy?.Name,
    shmSize: Math.trunc(ShmSize / MEGABYTE),
    ulimits: inputs.ulimits && orNothing(ulimits),
  };
}

function mountOutputs(mount: object): Entries {
  const { Type, Target, Source, ReadOnly, BindOptions, TmpfsOptions, VolumeOptions } = mount as Record<string, never>;
  const volume = VolumeOptions as
    { NoCopy?: boolean; Labels?: Record<string, string>; DriverConfig?: Entries; Subpath?: string } | undefined;
  return {
    target: Target,
    source: Source ?? "",
    type: Type,
    readOnly: ReadOnly ?? false,
    bindOptions: BindOptions && { propagation: (BindOptions as Entries)["Propagation"] },
    tmpfsOptions: TmpfsOptions && {
      sizeBytes: (TmpfsOptions as Entries)["SizeBytes"],
      mode: (TmpfsOptions as Entries)["Mode"],
    },
    volumeOptions: volume && {
      noCopy: volume.NoCopy ?? false,
      labels: Object.entries(volume.Labels ?? {}).map(([label, value]) => ({ label, value })),
      driverName: volume.DriverConfig?.["Name"],
      driverOptions: volume.DriverConfig?.["Options"] ?? undefined,
      subpath: volume.Subpath,
    },
  };
}

function healthOutputs(health: HealthConfig): Entries {
  const { Test, Interval, Timeout, StartPeriod, Retries } = health;
  const startInterval = (health as { StartInterval?: number }).StartInterval;
  return {
    tests: Test ?? [],
    interval: formatGoDuration(Interval),
    timeout: formatGoDuration(Timeout),
    startPeriod: formatGoDuration(StartPeriod),
    startInterval: formatGoDuration(startInterval),
    retries: Retries ?? 0,
  };
}

function networkOutputs({ NetworkSettings, State }: Inspected, inputs: ContainerInputs): Entries {
  const { Bridge = "", Networks, Ports } = NetworkSettings;
  const ports = Object.entries(Ports ?? {}).flatMap(([key, bindings]) => {
    const [internal, protocol] = key.split("/");
    return (bindings ?? []).map(({ HostIp, HostPort }) => {
      return { internal: Number(internal), external: Number(HostPort), ip: HostIp, protocol };
    });
  });
  return {
    bridge: Bridge,
    // A container that has ended has no ports any more.
    ports: inputs.ports && (State.Running || inputs.mustRun !== false) ? ports : inputs.ports,
    networkDatas: Object.entries(Networks ?? {}).map(([networkName, network]) => ({
      networkName,
      ipAddress: network.IPAddress,
      ipPrefixLength: network.IPPrefixLen,
      gateway: network.Gateway,
      globalIpv6Address: network.GlobalIPv6Address,
      globalIpv6PrefixLength: network.GlobalIPv6PrefixLen,
      ipv6Gateway: network.IPv6Gateway,
      macAddress: network.MacAddress,
    })),
  };
}

function orNothing<T>(list: readonly T[] | null | undefined): readonly T[] | undefined {
  return list && list.length > 0 ? list : undefined;
}

function isEmptyCollection(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
