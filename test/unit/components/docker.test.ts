import { describe, expect, it } from "vitest";
import {
  SandboxHost,
  SandboxImage,
  SandboxInstance,
  SandboxSnapshot,
  type DockerArgs,
  type SandboxInstanceArgs,
} from "../../../components";
import { TERMINAL_OPTIONS } from "../../../src/model/docker/hardening";
import { seccompProfile } from "../../../src/model/docker/seccomp-profile";
import { registered, type Registered } from "./program";

const HOST = "tcp://engine:2376";
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** All that an instance on an engine registers, without its generation. */
async function instanceWith(
  args: Partial<SandboxInstanceArgs> = {},
  docker: DockerArgs = { host: HOST },
): Promise<Registered[]> {
  const all = await registered(() => {
    const host = new SandboxHost("lab", { tier: "docker", docker });
    const image = new SandboxImage("python", { host, from: { debian: "bookworm" } });
    new SandboxInstance("agent", { host, image, ttl: "15m", ...args });
  });
  return all.filter(({ name }) => name.startsWith("agent"));
}

/** The inputs of one resource of it. */
async function inputsOf(type: string, args: Partial<SandboxInstanceArgs> = {}, docker?: DockerArgs) {
  const found = (await instanceWith(args, docker)).filter((one) => one.type === type);
  expect(found).toHaveLength(1);
  return found[0]?.inputs as Record<string, unknown>;
}

const generationWith = async (...args: Parameters<typeof instanceWith>) =>
  (await inputsOf("sandstack:index:Lease", ...args))["generation"];

const labels = (kind: string) => [
  { label: "sandstack.kind", value: kind },
  { label: "sandstack.owner", value: "lab-Owner" },
  { label: "sandstack.id", value: "agent-Lease" },
  { label: "sandstack.created", value: String(Date.parse("2026-05-03T12:00:00Z")) },
  { label: "sandstack.deadline", value: String(Date.parse("2026-05-03T12:15:00Z")) },
  { label: "sandstack.stack", value: "sandboxes/local" },
];

describe("SandboxHost on docker", () => {
  it("has an engine's provider beside its owner", async () => {
    expect(await registered(() => new SandboxHost("lab", { tier: "docker", docker: { host: HOST } }))).toEqual([
      { type: "sandstack:index:SandboxHost", name: "lab", inputs: {} },
      { type: "sandstack:index:Owner", name: "lab", inputs: {} },
      { type: "pulumi:providers:docker", name: "lab", inputs: { host: HOST } },
    ]);
  });

  it("takes the engine that DOCKER_HOST names where none is given", async () => {
    process.env["DOCKER_HOST"] = "unix:///run/other.sock";
    try {
      const found = await registered(() => new SandboxHost("lab", { tier: "docker" }));
      expect(found.at(-1)?.inputs).toEqual({ host: "unix:///run/other.sock" });
    } finally {
      delete process.env["DOCKER_HOST"];
    }
  });
});

describe("SandboxInstance on docker", () => {
  it("is an image, a lease, what comes before the container, three volumes, the container, and the sandbox in it", async () => {
    const made = await instanceWith({ limits: { memory: "512MiB", processes: 128 } });
    const at = { createdAt: "2026-05-03T12:00:00.000Z", deadline: "2026-05-03T12:15:00.000Z", lease: "agent-Lease" };
    const volume = (of: string) => ({
      type: "docker:index/volume:Volume",
      name: `agent-${of}`,
      inputs: { name: `sandstack-agent-Lease-${of}`, labels: labels(of) },
    });
    const sorted = (all: Registered[]) => [...all].sort((a, b) => (a.type + a.name).localeCompare(b.type + b.name));
    expect(sorted(made)).toEqual(
      sorted([
        { type: "sandstack:index:SandboxInstance", name: "agent", inputs: {} },
        { type: "sandstack:docker:Image", name: "agent", inputs: { host: HOST, image: "sha256:d1" } },
        {
          type: "sandstack:index:Lease",
          name: "agent",
          inputs: { ttl: "15m", afterEnd: "recreate", generation: expect.stringMatching(/^[0-9a-f]{16}$/) as string },
        },
        {
          type: "sandstack:docker:Guest",
          name: "agent",
          inputs: { host: HOST, owner: "lab-Owner", image: "sha256:d1", ...at },
        },
        ...["home", "tmp", "vartmp"].map(volume),
        {
          type: "docker:index/container:Container",
          name: "agent",
          inputs: {
            name: "sandstack-agent-Lease",
            image: "agent-Image",
            entrypoints: ["/.sandstack/sandstack-guest", "docker"],
            envs: ["SANDSTACK_ID=agent-Lease"],
            labels: labels("sandbox"),
            mounts: [
              { type: "volume", source: "sandstack-guest-d", target: "/.sandstack", readOnly: true },
              { type: "volume", source: "sandstack-agent-Lease-home", target: "/home/agent" },
              { type: "volume", source: "sandstack-agent-Lease-tmp", target: "/tmp" },
              { type: "volume", source: "sandstack-agent-Lease-vartmp", target: "/var/tmp" },
              {
                type: "volume",
                target: "/dev/pts",
                volumeOptions: {
                  noCopy: true,
                  labels: labels("terminals"),
                  driverName: "local",
                  driverOptions: TERMINAL_OPTIONS,
                },
              },
            ],
            user: "0:0",
            workingDir: "/",
            hostname: "sandbox",
            readOnly: true,
            capabilities: {
              adds: ["SETUID", "SETGID", "KILL", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETPCAP"].map(
                (name) => `CAP_${name}`,
              ),
              drops: ["ALL"],
            },
            securityOpts: ["no-new-privileges", `seccomp=${seccompProfile()}`],
            ulimits: [{ name: "core", soft: 1, hard: 1 }],
            ipcMode: "private",
            networkMode: "none",
            tmpfs: { "/run": "rw,nosuid,nodev,mode=755,size=16m" },
            restart: "no",
            mustRun: false,
            logDriver: "json-file",
            logOpts: { "max-size": "8m", "max-file": "1" },
            memory: 512,
            memorySwap: 512,
          },
        },
        {
          type: "sandstack:docker:Instance",
          name: "agent",
          inputs: {
            host: HOST,
            owner: "lab-Owner",
            lease: "agent-Lease",
            container: "agent-Container",
            afterEnd: "recreate",
            limits: { memory: "512MiB", processes: 128 },
          },
        },
      ]),
    );
  });

  it.each<[string, Partial<SandboxInstanceArgs>, string, object]>([
    ["half of the engine's memory", {}, "docker:index/container:Container", { memory: 1024, memorySwap: 1024 }],
    ["the same in its guest", {}, "sandstack:docker:Instance", { limits: { memory: 2 ** 30 } }],
    [
      "a share of processors that can be changed",
      { limits: { cpus: 0.5 } },
      "docker:index/container:Container",
      { cpuPeriod: 100_000, cpuQuota: 50_000 },
    ],
    ["a user", { user: "nobody" }, "sandstack:docker:Guest", { user: "nobody" }],
    ["a network", { network: "none" }, "sandstack:docker:Guest", { network: "none" }],
    ["an environment", { env: { A: "1" } }, "sandstack:docker:Instance", { env: { A: "1" } }],
    [
      "secrets",
      { secrets: { TOKEN: "t" } },
      "sandstack:docker:Instance",
      { secrets: { ...SECRET, value: { TOKEN: "t" } } },
    ],
    ["a task", { task: ["make", "test"] }, "sandstack:docker:Instance", { task: ["make", "test"], afterEnd: "leave" }],
  ])("has %s", async (_, args, type, inputs) => {
    expect(await inputsOf(type, args)).toMatchObject(inputs);
  });

  it("is on the one internal network of its host, and on no other, where it says so", async () => {
    const all = await registered(() => {
      const host = new SandboxHost("lab", { tier: "docker", docker: { host: HOST } });
      const image = new SandboxImage("python", { host, from: { debian: "bookworm" } });
      for (const name of ["one", "two"]) new SandboxInstance(name, { host, image, ttl: "15m", network: "internal" });
      new SandboxInstance("alone", { host, image, ttl: "15m" });
    });
    expect(all.filter(({ type }) => type.startsWith("docker:index/network"))).toEqual([
      {
        type: "docker:index/network:Network",
        name: "lab",
        inputs: {
          name: "sandstack-lab-Owner",
          driver: "bridge",
          internal: true,
          options: { "com.docker.network.bridge.inhibit_ipv4": "true" },
          labels: [
            { label: "sandstack.kind", value: "network" },
            { label: "sandstack.owner", value: "lab-Owner" },
            { label: "sandstack.stack", value: "sandboxes/local" },
          ],
        },
      },
    ]);
    const inputs = (type: string, of: string) => all.find((one) => one.type === type && one.name === of)?.inputs;
    for (const name of ["one", "two"]) {
      expect(inputs("docker:index/container:Container", name)).toMatchObject({
        networkMode: "sandstack-lab-Owner",
        dns: ["127.0.0.1"],
        sysctls: { "net.ipv6.conf.all.disable_ipv6": "1" },
      });
      expect(inputs("sandstack:docker:Guest", name)).toMatchObject({
        network: "internal",
        networkName: "sandstack-lab-Owner",
      });
    }
    expect(inputs("docker:index/container:Container", "alone")).toMatchObject({ networkMode: "none" });
    expect(inputs("docker:index/container:Container", "alone")).not.toHaveProperty("dns");
  });

  it("has the runtime that its host names", async () => {
    const docker = { host: HOST, runtime: "runsc" };
    expect(await inputsOf("docker:index/container:Container", {}, docker)).toMatchObject({ runtime: "runsc" });
    expect(await inputsOf("sandstack:docker:Guest", {}, docker)).toMatchObject({ runtime: "runsc" });
  });

  it("is another one with another engine, runtime, or a share of processors where there was none; not with another share", async () => {
    const usual = await generationWith();
    expect(await generationWith()).toBe(usual);
    expect(await generationWith({ limits: { memory: "1GiB", processes: 3 } })).toBe(usual);
    expect(await generationWith({}, { host: "tcp://other:2376" })).not.toBe(usual);
    expect(await generationWith({}, { host: HOST, runtime: "runsc" })).not.toBe(usual);
    const bounded = await generationWith({ limits: { cpus: 1 } });
    expect(bounded).not.toBe(usual);
    expect(await generationWith({ limits: { cpus: 2 } })).toBe(bounded);
  });

  it("begins from a snapshot of its engine", async () => {
    const all = await registered(() => {
      const host = new SandboxHost("lab", { tier: "docker", docker: { host: HOST } });
      const image = new SandboxImage("python", { host, from: { debian: "bookworm" } });
      const agent = new SandboxInstance("first", { host, image, ttl: "15m" });
      const snapshot = new SandboxSnapshot("kept", { instance: agent, description: "d" });
      new SandboxInstance("agent", { host, snapshot, ttl: "15m" });
    });
    const inputs = (type: string, name: string) => all.find((one) => one.type === type && one.name === name)?.inputs;
    expect(inputs("sandstack:docker:Snapshot", "kept")).toEqual({ sandbox: '{"version":1}', description: "d" });
    expect(inputs("sandstack:docker:Image", "agent")).toEqual({ host: HOST, snapshot: "kept-Snapshot" });
    expect(inputs("sandstack:docker:Guest", "agent")).toMatchObject({ snapshot: "kept-Snapshot" });
    expect(inputs("sandstack:docker:Instance", "agent")).toMatchObject({ snapshot: "kept-Snapshot" });
  });
});
