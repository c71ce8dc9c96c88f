import { describe, expect, it } from "vitest";
import type { ContainerInputs } from "../../../../src/provider/docker/container/inputs";
import { createOptions, updateOptions } from "../../../../src/provider/docker/container/options";
import { createOptions as networkOptions } from "../../../../src/provider/docker/network";

const MEGABYTE = 1024 * 1024;
/** What stands in every request. */
const EMPTY = {
  name: "n",
  Image: "i",
  Labels: {},
  ExposedPorts: {},
  Volumes: {},
  HostConfig: {
    Init: false,
    ExtraHosts: [],
    Ulimits: [],
    LogConfig: { Type: "", Config: {} },
    Mounts: [],
    Binds: [],
    VolumesFrom: [],
    PortBindings: {},
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
  },
};

/** As it goes over the wire. */
const sent = (inputs: Partial<ContainerInputs>) =>
  JSON.parse(JSON.stringify(createOptions({ name: "n", image: "i", ...inputs }))) as typeof EMPTY;

describe("a container is asked for with", () => {
  it("nothing that was not given", () => expect(sent({})).toEqual(EMPTY));

  it.each<[Partial<ContainerInputs>, object]>([
    [
      { command: ["a"], entrypoints: ["/b", "c"] },
      { Cmd: ["a"], Entrypoint: ["/b", "c"] },
    ],
    [
      { envs: ["A=1"], user: "0:0", workingDir: "/" },
      { Env: ["A=1"], User: "0:0", WorkingDir: "/" },
    ],
    [
      { hostname: "h", domainname: "d" },
      { Hostname: "h", Domainname: "d" },
    ],
    [
      { stopSignal: "SIGINT", stopTimeout: 5 },
      { StopSignal: "SIGINT", StopTimeout: 5 },
    ],
    [
      { tty: true, stdinOpen: true },
      { Tty: true, OpenStdin: true },
    ],
    [{ labels: [{ label: "a", value: "b" }] }, { Labels: { a: "b" } }],
    [{ envs: [], user: "", stopTimeout: 0 }, {}],
  ])("%j", (inputs, expected) => expect(sent(inputs)).toEqual({ ...EMPTY, ...expected }));

  it.each<[Partial<ContainerInputs>, object]>([
    [
      { memory: 64, memorySwap: 128, memoryReservation: 32 },
      { Memory: 64 * MEGABYTE, MemorySwap: 128 * MEGABYTE, MemoryReservation: 32 * MEGABYTE },
    ],
    [
      { memorySwap: -1, shmSize: 8 },
      { MemorySwap: -1, ShmSize: 8 * MEGABYTE },
    ],
    [{ cpus: "1.5", cpuPeriod: 1, cpuQuota: 2 }, { NanoCpus: 1_500_000_000 }],
    [
      { cpuPeriod: 1, cpuQuota: 2, cpuShares: 3, cpuSet: "0-1" },
      { CpuPeriod: 1, CpuQuota: 2, CpuShares: 3, CpusetCpus: "0-1" },
    ],
    [{ restart: "on-failure", maxRetryCount: 2 }, { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 } }],
    [{ capabilities: { adds: ["A"], drops: ["ALL"] } }, { CapAdd: ["A"], CapDrop: ["ALL"] }],
    [
      { readOnly: true, privileged: false, init: true },
      { ReadonlyRootfs: true, Privileged: false, Init: true },
    ],
    [
      { networkMode: "none", ipcMode: "private", runtime: "runsc" },
      { NetworkMode: "none", IpcMode: "private", Runtime: "runsc" },
    ],
    [{ securityOpts: ["no-new-privileges"] }, { SecurityOpt: ["no-new-privileges"] }],
    [
      { tmpfs: { "/run": "size=16m" }, sysctls: { a: "1" } },
      { Tmpfs: { "/run": "size=16m" }, Sysctls: { a: "1" } },
    ],
    [
      { dns: ["1.1.1.1"], dnsOpts: ["a"], dnsSearches: ["b"] },
      { Dns: ["1.1.1.1"], DnsOptions: ["a"], DnsSearch: ["b"] },
    ],
    [{ hosts: [{ host: "h", ip: "::1" }] }, { ExtraHosts: ["h:::1"] }],
    [{ ulimits: [{ name: "core", soft: 0, hard: 1 }] }, { Ulimits: [{ Name: "core", Soft: 0, Hard: 1 }] }],
    [{ logDriver: "json-file", logOpts: { a: "1" } }, { LogConfig: { Type: "json-file", Config: { a: "1" } } }],
    [
      { mounts: [{ type: "volume", source: "v", target: "/a", readOnly: true, volumeOptions: { noCopy: true } }] },
      {
        Mounts: [
          { Type: "volume", Source: "v", Target: "/a", ReadOnly: true, VolumeOptions: { NoCopy: true, Labels: {} } },
        ],
      },
    ],
    [
      { mounts: [{ type: "tmpfs", target: "/a", tmpfsOptions: { sizeBytes: 1, mode: 2 } }] },
      {
        Mounts: [{ Type: "tmpfs", Source: "", Target: "/a", ReadOnly: false, TmpfsOptions: { SizeBytes: 1, Mode: 2 } }],
      },
    ],
    [
      { mounts: [{ type: "bind", source: "/b", target: "/a", bindOptions: { propagation: "rslave" } }] },
      {
        Mounts: [{ Type: "bind", Source: "/b", Target: "/a", ReadOnly: false, BindOptions: { Propagation: "rslave" } }],
      },
    ],
  ])("%j, in its surroundings", (inputs, expected) => {
    expect(sent(inputs)).toEqual({ ...EMPTY, HostConfig: { ...EMPTY.HostConfig, ...expected } });
  });

  it("ports, several to one inside", () => {
    const ports = [
      { internal: 80, external: 8080, ip: "127.0.0.1", protocol: "tcp" },
      { internal: 80, ip: "::1" },
      { internal: 53, protocol: "udp" },
    ];
    const { ExposedPorts, HostConfig } = sent({ ports });
    expect(ExposedPorts).toEqual({ "80/tcp": {}, "53/udp": {} });
    expect(HostConfig.PortBindings).toEqual({
      "80/tcp": [
        { HostIp: "127.0.0.1", HostPort: "8080" },
        { HostIp: "::1", HostPort: "" },
      ],
      "53/udp": [{ HostIp: "", HostPort: "" }],
    });
  });

  it("volumes: of the machine, by name, of another container, and without a name", () => {
    const volumes = [
      { containerPath: "/a", hostPath: "/b", readOnly: true },
      { containerPath: "/c", volumeName: "v", selinuxRelabel: "z" },
      { fromContainer: "other" },
      { containerPath: "/d" },
    ];
    const { Volumes, HostConfig } = sent({ volumes });
    expect(Volumes).toEqual({ "/a": {}, "/c": {}, "/d": {} });
    expect(HostConfig.Binds).toEqual(["/b:/a:ro", "v:/c:rw,z"]);
    expect(HostConfig.VolumesFrom).toEqual(["other"]);
  });
});

describe("limits are changed", () => {
  const changed = (inputs: Partial<ContainerInputs>) => updateOptions({ name: "n", image: "i", ...inputs });

  it.each<[Partial<ContainerInputs>, number | undefined, number | undefined]>([
    [{ memory: 64, memorySwap: 64 }, 64 * MEGABYTE, 64 * MEGABYTE],
    [{ memory: 64, memorySwap: -1 }, 64 * MEGABYTE, -1],
    // An engine refuses memory above the swap that it keeps, unless it is told of both.
    [{ memory: 64 }, 64 * MEGABYTE, 128 * MEGABYTE],
    [{ cpuShares: 5 }, undefined, undefined],
  ])("%j: memory %s, swap %s", (inputs, memory, swap) => {
    expect(changed(inputs)).toMatchObject({ Memory: memory, MemorySwap: swap });
  });

  it("all of them, and nothing else", () => {
    const inputs = { cpuShares: 1, cpuSet: "0", cpuPeriod: 2, cpuQuota: 3, restart: "always", readOnly: true };
    expect(JSON.parse(JSON.stringify(changed(inputs)))).toEqual({
      CpuShares: 1,
      CpusetCpus: "0",
      CpuPeriod: 2,
      CpuQuota: 3,
      RestartPolicy: { Name: "always", MaximumRetryCount: 0 },
    });
  });
});

it("a network is asked for with its addresses, and only once by its name", () => {
  const ipamConfigs = [{ subnet: "10.1.0.0/24", gateway: "10.1.0.1", auxAddress: { a: "10.1.0.2" } }];
  const labels = [{ label: "a", value: "b" }];
  expect(networkOptions({ name: "n", internal: true, ipamConfigs, labels, options: { o: "1" } })).toEqual({
    Name: "n",
    CheckDuplicate: true,
    Internal: true,
    Attachable: false,
    Ingress: false,
    EnableIPv6: false,
    Labels: { a: "b" },
    Options: { o: "1" },
    IPAM: {
      Driver: "default",
      Options: {},
      Config: [{ Subnet: "10.1.0.0/24", Gateway: "10.1.0.1", AuxiliaryAddresses: { a: "10.1.0.2" } }],
    },
  });
});
