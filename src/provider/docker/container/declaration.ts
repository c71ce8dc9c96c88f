import { effectsOf, type Declaration } from "../declaration";
import { container as shape } from "../shape/container";
import type { Mount, Volume } from "./inputs";

const INSTALL = "`pulumi plugin install resource docker`, and it is used.";

const UPDATES = [
  ...["containerReadRefreshTimeoutMilliseconds", "cpuPeriod", "cpuQuota", "cpuSet", "cpuShares", "destroyGraceSeconds"],
  ...["maxRetryCount", "memory", "memoryReservation", "memorySwap", "mustRun", "removeVolumes", "restart", "start"],
  ...["waitTimeout"],
];

export const declaration: Declaration = {
  token: "docker:index/container:Container",
  shape,
  required: ["image"],
  isNamed: true,
  defaults: {
    attach: false,
    containerReadRefreshTimeoutMilliseconds: 15_000,
    logs: false,
    memoryReservation: 0,
    mustRun: true,
    networkMode: "bridge",
    readOnly: false,
    removeVolumes: true,
    restart: "no",
    rm: false,
    start: true,
    stdinOpen: false,
    tty: false,
    wait: false,
    waitTimeout: 60,
  },
  innerDefaults: { ports: { ip: "0.0.0.0", protocol: "tcp" } },
  refused: {
    attach: INSTALL,
    deviceCgroupRules: INSTALL,
    deviceReadBps: INSTALL,
    deviceReadIops: INSTALL,
    deviceRequests: INSTALL,
    deviceWriteBps: INSTALL,
    deviceWriteIops: INSTALL,
    devices: INSTALL,
    gpus: INSTALL,
    healthcheck: `An image's own is kept; or ${INSTALL}`,
    logs: INSTALL,
    networksAdvanced: "networkMode takes the name of one network.",
    platform: `The engine's own is taken; or ${INSTALL}`,
    rm: `A container that removes itself can't be kept in a state; or ${INSTALL}`,
    storageOpts: INSTALL,
    uploads: `Files travel in the image or a volume; or ${INSTALL}`,
    wait: INSTALL,
  },
  rules: {
    restart: oneOf("no", "on-failure", "always", "unless-stopped"),
    memory: atLeast(0),
    memoryReservation: atLeast(0),
    memorySwap: atLeast(-1),
    shmSize: atLeast(0),
    cpuShares: atLeast(0),
    cpuPeriod: atLeast(0),
    cpuQuota: atLeast(0),
    cpuSet: matches(/^\d+([,-]\d+)*$/, "processors such as 0-1 or 0,2"),
    cpus: matches(/^\d*\.?\d+$/, "a number of processors such as 1.5"),
    command: (words: string[]) => (words.includes("") ? "has an empty word" : undefined),
    mounts: (mounts: Mount[]) => firstOf(mounts.map(({ type }) => oneOf("bind", "volume", "tmpfs")(type))),
    volumes: (volumes: Volume[]) => firstOf(volumes.map(wrongVolume)),
  },
  // What is a set in the plugin.
  sets: new Set([
    ...["capabilities.adds", "capabilities.drops", "dns", "dnsOpts", "dnsSearches", "envs", "groupAdds", "hosts"],
    ...["labels", "mounts", "securityOpts", "ulimits", "volumes"],
  ]),
  // The plugin takes changes of healthcheck, init and tmpfs into its state, and leaves the container as it is.
  effects: effectsOf(shape, UPDATES),
  lasting: new Set(["cpuPeriod", "cpuQuota", "cpuSet", "cpuShares", "memory", "memoryReservation"]),
  drifting: ["cpuSet", "cpuShares", "maxRetryCount", "memory", "memoryReservation", "memorySwap", "mustRun", "restart"],
  deletesFirst: true,
};

function oneOf(...right: string[]) {
  return (value: string) =>
    right.includes(value) ? undefined : `takes one of ${right.join(", ")}, not ${JSON.stringify(value)}`;
}

function atLeast(least: number) {
  return (value: number) => (value >= least ? undefined : `takes ${least} or more, not ${value}`);
}

function matches(pattern: RegExp, right: string) {
  return (value: string) => (pattern.test(value) ? undefined : `takes ${right}, not ${JSON.stringify(value)}`);
}

function firstOf(reasons: (string | undefined)[]): string | undefined {
  return reasons.find((reason) => reason !== undefined);
}

function wrongVolume({ containerPath, fromContainer }: Volume): string | undefined {
  if (fromContainer && containerPath) return "takes containerPath or fromContainer, not both";
  return fromContainer || containerPath ? undefined : "needs containerPath or fromContainer";
}
