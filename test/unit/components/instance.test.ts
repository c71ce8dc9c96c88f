import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import {
  SandboxHost,
  SandboxImage,
  SandboxInstance,
  SandboxSnapshot,
  type SandboxInstanceArgs,
} from "../../../components";
import { generationOf } from "../../../src/model/generation";
import { registered, valueOf, type Registered } from "./program";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const FIXED = { tier: "nspawn", owner: "lab-Owner", image: "sha256:d1" };

/** All that an instance registers; its host and its image are two each. */
async function instanceWith(args: Partial<SandboxInstanceArgs>, group?: string): Promise<Registered[]> {
  const all = await registered(() => {
    const host = new SandboxHost("lab", { tier: "nspawn", access: group === undefined ? undefined : { group } });
    const image = new SandboxImage("python", { host, from: { debian: "bookworm" } });
    new SandboxInstance("agent", { host, image, ttl: "15m", ...args });
  });
  const own = all.filter(({ name }) => name === "agent");
  expect(all).toHaveLength(own.length + 4);
  return own;
}

interface Expected {
  lease?: object;
  fixed?: object;
  disk?: unknown;
  inputs?: object;
}

describe("SandboxInstance", () => {
  it.each<[string, Partial<SandboxInstanceArgs>, Expected]>([
    ["nothing more", {}, {}],
    ["a ttl in ms", { ttl: 900_000 }, { lease: { ttl: 900_000 } }],
    ["a ttl that comes later", { ttl: pulumi.output("1h") }, { lease: { ttl: "1h" } }],
    [
      "limits",
      { limits: { cpus: 1, memory: "512MiB", processes: 128 } },
      { inputs: { limits: { cpus: 1, memory: "512MiB", processes: 128 } } },
    ],
    ["a limit of its disk", { limits: { disk: "1GiB" } }, { disk: "1GiB", inputs: { limits: { disk: "1GiB" } } }],
    [
      "a task",
      { task: "make test" },
      { lease: { afterEnd: "leave" }, fixed: { task: "make test" }, inputs: { afterEnd: "leave" } },
    ],
    [
      "a task that is made again",
      { task: ["make", pulumi.output("test")], afterEnd: "recreate" },
      { fixed: { task: ["make", "test"] } },
    ],
    [
      "what to do after its end",
      { afterEnd: "leave" },
      { lease: { afterEnd: "leave" }, inputs: { afterEnd: "leave" } },
    ],
    ["a network", { network: "none" }, { fixed: { network: "none" } }],
    ["a user", { user: "root" }, { fixed: { user: "root" } }],
    ["an environment", { env: { A: "1" } }, { inputs: { env: { A: "1" } } }],
    ["secrets", { secrets: { TOKEN: "t" } }, { inputs: { secrets: { ...SECRET, value: { TOKEN: "t" } } } }],
  ])("is a lease and a sandbox of this machine, with %s", async (_, args, { lease, fixed, disk, inputs }) => {
    const unchangeable = { ...FIXED, ...fixed };
    expect(await instanceWith(args)).toEqual([
      { type: "sandstack:index:SandboxInstance", name: "agent", inputs: {} },
      {
        type: "sandstack:index:Lease",
        name: "agent",
        inputs: {
          ttl: "15m",
          afterEnd: "recreate",
          generation: generationOf({ ...unchangeable, disk } as never),
          ...lease,
        },
      },
      {
        type: "sandstack:local:Instance",
        name: "agent",
        inputs: {
          ...unchangeable,
          lease: "agent-Lease",
          createdAt: "2026-05-03T12:00:00.000Z",
          deadline: "2026-05-03T12:15:00.000Z",
          afterEnd: "recreate",
          ...inputs,
        },
      },
    ]);
  });

  it("of a host with a group lets that connect", async () => {
    expect((await instanceWith({}, "agents")).at(-1)?.inputs).toMatchObject({ group: "agents" });
  });

  it("may begin from a snapshot, and a snapshot may be taken of it", async () => {
    const all = await registered(() => {
      const host = new SandboxHost("lab", { tier: "chroot" });
      const image = new SandboxImage("python", { host, from: { debian: "bookworm" } });
      const first = new SandboxInstance("first", { host, image, ttl: "15m" });
      const snapshot = new SandboxSnapshot("s", {
        instance: first,
        description: "d",
        triggers: [1, pulumi.output("x")],
      });
      new SandboxInstance("second", { host, snapshot, ttl: "15m" });
    });
    expect(all.filter(({ name }) => name === "s")).toEqual([
      { type: "sandstack:index:SandboxSnapshot", name: "s", inputs: {} },
      {
        type: "sandstack:local:Snapshot",
        name: "s",
        inputs: { sandbox: '{"version":1}', description: "d", triggers: [1, "x"] },
      },
    ]);
    expect(all).toHaveLength(12);
    expect(all.at(-1)?.inputs).toMatchObject({ snapshot: "s-Snapshot", tier: "chroot" });
    expect(all.at(-1)?.inputs).not.toHaveProperty("image");
  });

  it("gives connection, times and state", async () => {
    let instance!: SandboxInstance;
    await registered(() => {
      const host = new SandboxHost("lab", { tier: "nspawn" });
      instance = new SandboxInstance("a", {
        host,
        image: new SandboxImage("i", { host, from: { debian: "sid" } }),
        ttl: "1m",
      });
    });
    expect(await valueOf(instance.connection)).toBe('{"version":1}');
    expect(await valueOf(instance.createdAt)).toBe("2026-05-03T12:00:00.000Z");
    expect(await valueOf(instance.deadline)).toBe("2026-05-03T12:15:00.000Z");
    expect(await valueOf(instance.state)).toBe("running");
  });
});
