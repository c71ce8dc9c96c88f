import type { ContainerInspectInfo } from "dockerode";
import { describe, expect, it } from "vitest";
import { formatGoDuration } from "../../../../src/provider/docker/container/go-duration";
import type { ContainerInputs } from "../../../../src/provider/docker/container/inputs";
import { containerOutputs } from "../../../../src/provider/docker/container/outputs";
import { networkOutputs } from "../../../../src/provider/docker/network";
import { repoDigest } from "../../../../src/provider/docker/remote-image";

const MEGABYTE = 1024 * 1024;
const ID = `sha256:${"a".repeat(64)}`;

/** As an engine tells of a container that was asked for with nothing but an image. */
function inspected(more: { State?: object; Config?: object; HostConfig?: object; NetworkSettings?: object } = {}) {
  return {
    Id: "c".repeat(64),
    Name: "/n",
    Image: ID,
    Platform: "linux",
    State: { Running: true, Status: "running", ExitCode: 0, ...more.State },
    Config: {
      ...{ Hostname: "cccccccccccc", Domainname: "", User: "", Tty: false, OpenStdin: false, Env: ["PATH=/bin"] },
      ...{ Cmd: ["/hello"], Image: "i:1", WorkingDir: "", Entrypoint: null, Labels: { ofImage: "x" } },
      ...more.Config,
    },
    HostConfig: {
      ...{ NetworkMode: "none", RestartPolicy: { Name: "no", MaximumRetryCount: 0 }, Privileged: false },
      ...{ LogConfig: { Type: "json-file", Config: {} }, ShmSize: 64 * MEGABYTE, Runtime: "runc", IpcMode: "private" },
      ...{ CapAdd: null, CapDrop: null, Dns: [], SecurityOpt: null, Memory: 0, MemorySwap: 0, Init: false },
      ...{ ReadonlyRootfs: false, PublishAllPorts: false, PidMode: "", UsernsMode: "", CpuShares: 0, CpusetCpus: "" },
      ...more.HostConfig,
    },
    NetworkSettings: { Bridge: "", Ports: {}, Networks: {}, ...more.NetworkSettings },
  } as unknown as ContainerInspectInfo;
}

const outputs = (inputs: Partial<ContainerInputs>, more: Parameters<typeof inspected>[0] = {}) =>
  JSON.parse(JSON.stringify(containerOutputs({ name: "n", image: "i:1", ...inputs }, inspected(more)))) as object;

describe("the state of a container", () => {
  it("is what the engine tells, and what was given where the plugin does not ask", () => {
    const given = { __defaults: ["wait"], wait: false, labels: [{ __defaults: [], label: "a", value: "b" }] };
    expect(outputs(given as object)).toEqual({
      ...{ name: "n", image: "i:1", platform: "linux", hostname: "cccccccccccc", domainname: "", user: "" },
      ...{ command: ["/hello"], entrypoints: [], workingDir: "", tty: false, stdinOpen: false, stopSignal: "" },
      ...{ stopTimeout: 0, envs: [], labels: [{ label: "a", value: "b" }], wait: false, mustRun: true },
      ...{ networkMode: "none", ipcMode: "private", runtime: "runc", securityOpts: [], privileged: false },
      ...{
        publishAllPorts: false,
        readOnly: false,
        usernsMode: "",
        cpuSet: "",
        cpuShares: 0,
        memory: 0,
        memorySwap: 0,
      },
      ...{ memoryReservation: 0, shmSize: 64, init: false, logDriver: "json-file", restart: "no", maxRetryCount: 0 },
      ...{ bridge: "", networkDatas: [] },
    });
  });

  it.each<[string, Partial<ContainerInputs>, Parameters<typeof inspected>[0], object]>([
    ["an image by its id", { image: ID }, { Config: { Image: ID } }, { image: ID }],
    [
      "memory in megabytes",
      {},
      { HostConfig: { Memory: 64 * MEGABYTE, MemorySwap: 96 * MEGABYTE } },
      { memory: 64, memorySwap: 96 },
    ],
    ["no limit of swap", {}, { HostConfig: { MemorySwap: -1 } }, { memorySwap: -1 }],
    [
      "capabilities",
      {},
      { HostConfig: { CapAdd: ["CAP_KILL"], CapDrop: ["ALL"] } },
      { capabilities: { adds: ["CAP_KILL"], drops: ["ALL"] } },
    ],
    ["hosts", {}, { HostConfig: { ExtraHosts: ["h:::1"] } }, { hosts: [{ host: "h", ip: "::1" }] }],
    ["processors as they were given", { cpus: "1.50" }, { HostConfig: { NanoCpus: 15e8 } }, { cpus: "1.50" }],
    ["a stop that it must not", {}, { State: { Running: false, ExitCode: 3 } }, { mustRun: false, exitCode: 3 }],
    [
      "a stop that it may",
      { mustRun: false },
      { State: { Running: false, ExitCode: 0 } },
      { mustRun: false, exitCode: 0 },
    ],
    ["one that is only made", { start: false }, { State: { Running: false } }, { start: false, mustRun: true }],
    ["tmpfs", {}, { HostConfig: { Tmpfs: { "/run": "rw" } } }, { tmpfs: { "/run": "rw" } }],
    [
      "mounts",
      {},
      {
        HostConfig: {
          Mounts: [{ Type: "volume", Source: "v", Target: "/a", VolumeOptions: { NoCopy: true, Labels: { a: "b" } } }],
        },
      },
      {
        mounts: [
          {
            type: "volume",
            source: "v",
            target: "/a",
            readOnly: false,
            volumeOptions: { noCopy: true, labels: [{ label: "a", value: "b" }] },
          },
        ],
      },
    ],
    [
      "ports that the engine has picked",
      { ports: [{ internal: 80 }] },
      { NetworkSettings: { Ports: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "49153" }], "90/tcp": null } } },
      { ports: [{ internal: 80, external: 49153, ip: "0.0.0.0", protocol: "tcp" }] },
    ],
    [
      "an image's own health check",
      {},
      { Config: { Healthcheck: { Test: ["CMD", "x"], Interval: 90e9, Timeout: 25e7 } } },
      {
        healthcheck: {
          tests: ["CMD", "x"],
          interval: "1m30s",
          timeout: "250ms",
          startPeriod: "0s",
          startInterval: "0s",
          retries: 0,
        },
      },
    ],
    [
      "networks",
      {},
      {
        NetworkSettings: {
          Networks: { net: { IPAddress: "10.0.0.2", IPPrefixLen: 24, Gateway: "10.0.0.1", MacAddress: "02:42" } },
        },
      },
      {
        networkDatas: [
          { networkName: "net", ipAddress: "10.0.0.2", ipPrefixLength: 24, gateway: "10.0.0.1", macAddress: "02:42" },
        ],
      },
    ],
  ])("has %s", (_what, inputs, more, expected) => expect(outputs(inputs, more)).toMatchObject(expected));

  it("has nothing of an earlier one", () => {
    const before = { exitCode: 3, healthcheck: { retries: 1 }, capabilities: { adds: ["A"] } } as object;
    expect(Object.keys(outputs(before))).not.toEqual(expect.arrayContaining(["exitCode"]));
    expect(Object.keys(outputs(before)).filter((name) => name in before)).toEqual([]);
  });
});

it("the state of a network", () => {
  const info = {
    ...{ Id: "1", Name: "n", Driver: "bridge", Internal: true, Attachable: false, Ingress: false, EnableIPv6: false },
    IPAM: { Driver: "default", Options: null, Config: [{ Subnet: "10.1.0.0/24", Gateway: "10.1.0.1" }] },
    ...{ Options: {}, Labels: { a: "b" }, Scope: "local" },
  };
  expect(JSON.parse(JSON.stringify(networkOutputs(info as never)))).toEqual({
    ...{ name: "n", driver: "bridge", internal: true, attachable: false, ingress: false, ipv6: false },
    ...{ ipamDriver: "default", ipamConfigs: [{ subnet: "10.1.0.0/24", gateway: "10.1.0.1" }] },
    ...{ labels: [{ label: "a", value: "b" }], options: {}, scope: "local" },
  });
});

it.each([
  [0, "0s"],
  [undefined, "0s"],
  [5, "5ns"],
  [1_500, "1.5µs"],
  [250e6, "250ms"],
  [1e9, "1s"],
  [1_500_000_000, "1.5s"],
  [90e9, "1m30s"],
  [3600e9, "1h0m0s"],
  [3_661_000_000_001, "1h1m1.000000001s"],
])("%s ns is %s in Go", (ns, text) => expect(formatGoDuration(ns)).toBe(text));

it.each([
  ["a:1", [], ""],
  ["a:1", ["b@sha256:1"], "b@sha256:1"],
  ["a:1", ["b@sha256:1", "a@sha256:2"], "a@sha256:2"],
  ["c:1", ["b@sha256:1", "a@sha256:2"], "b@sha256:1"],
])("of %s with %j the digest is %s", (name, digests, digest) => expect(repoDigest(name, digests)).toBe(digest));
