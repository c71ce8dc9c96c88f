import { describe, expect, it } from "vitest";
import type { SandboxSpec } from "../../../../src/model/tier";
import { containerOptions } from "../../../../src/tiers/docker/container";
import { labelsFor, readLabels, sharedLabels } from "../../../../src/model/docker/labels";
import { payloadUid } from "../../../../src/tiers/docker/payload-uid";
import { seccompProfile } from "../../../../src/model/docker/seccomp-profile";

const SPEC: SandboxSpec = {
  id: "sbx-aaaaaaaaaaaa",
  owner: "own-bbbbbbbbbbbb",
  stack: "p/s",
  createdAt: 1_000,
  deadline: 61_000,
  ttlMs: 60_000,
  layers: [],
  image: "sha256:a",
  limits: { cpus: 0.5, memory: 64 << 20, processes: 20 },
  network: "none",
  user: "agent",
  config: { env: { LANG: "C.UTF-8" }, cwd: "/srv" },
};
const AROUND = { image: "sandstack:a", guestVolume: "sandstack-guest-c", uid: 1_900_000_000, home: "/home/agent" };
const options = (change: Partial<SandboxSpec> = {}) => containerOptions({ ...SPEC, ...change }, AROUND);

describe("a sandbox's container", () => {
  it("is hardened", () => {
    const { HostConfig: host, User, Entrypoint, WorkingDir } = options();
    expect({ User, Entrypoint, WorkingDir }).toEqual({
      User: "0:0",
      Entrypoint: ["/.sandstack/sandstack-guest", "docker"],
      WorkingDir: "/",
    });
    expect(host).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      CapAdd: ["SETUID", "SETGID", "KILL", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETPCAP"],
      NetworkMode: "none",
      IpcMode: "private",
      RestartPolicy: { Name: "no" },
      Ulimits: [{ Name: "core", Soft: 1, Hard: 1 }],
    });
    expect(host?.SecurityOpt).toEqual(["no-new-privileges", `seccomp=${seccompProfile()}`]);
  });

  it("sees its guest read-only and three volumes of its own, and nothing of the engine's machine", () => {
    const mounts = options().HostConfig?.Mounts?.map(({ Type, Source, Target, ReadOnly }) => [
      ...[Type, Source, Target],
      ReadOnly ?? false,
    ]);
    expect(mounts).toEqual([
      ["volume", "sandstack-guest-c", "/.sandstack", true],
      ["volume", "sandstack-sbx-aaaaaaaaaaaa-home", "/home/agent", false],
      ["volume", "sandstack-sbx-aaaaaaaaaaaa-tmp", "/tmp", false],
      ["volume", "sandstack-sbx-aaaaaaaaaaaa-vartmp", "/var/tmp", false],
      ["volume", "", "/dev/pts", false],
    ]);
    expect(options().HostConfig?.Binds).toBeUndefined();
  });

  it("has terminals with a bound, and those of its runtime where that is another", () => {
    const terminals = (change: Partial<SandboxSpec>) =>
      options(change).HostConfig?.Mounts?.filter(({ Target }) => Target === "/dev/pts");
    const driver = { Name: "local", Options: { type: "devpts", o: expect.stringMatching(/\bmax=64\b/) as string } };
    expect(terminals({})).toMatchObject([{ VolumeOptions: { DriverConfig: driver } }]);
    expect(terminals({ docker: { host: "unix:///x", runtime: "runsc" } })).toEqual([]);
  });

  it("has the bounds that were asked for, and none that were not", () => {
    expect(options().HostConfig).toMatchObject({
      ...{ Memory: 64 << 20, MemorySwap: 64 << 20, NanoCpus: 5e8 },
      // The guest and those who come through `docker exec` are counted too.
      PidsLimit: 52,
    });
    const { Memory, MemorySwap, NanoCpus, PidsLimit } = options({ limits: {} }).HostConfig ?? {};
    expect([Memory, MemorySwap, NanoCpus, PidsLimit]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("tells its guest what it needs, beside the image's own variables", () => {
    expect(options().Env).toEqual([
      "LANG=C.UTF-8",
      ...["SANDSTACK_ID=sbx-aaaaaaaaaaaa", "SANDSTACK_USER=agent", "SANDSTACK_UID=1900000000"],
      ...["SANDSTACK_HOME=/home/agent", "SANDSTACK_CWD=/srv", "SANDSTACK_STARTED=1000", "SANDSTACK_DEADLINE=61000"],
      ...["SANDSTACK_MEMORY=67108864", "SANDSTACK_PROCESSES=20", "SANDSTACK_CPUS=500"],
    ]);
  });
});

describe("labels", () => {
  it("say whose an object is, since when and until when", () => {
    expect(labelsFor("home", SPEC)).toEqual({
      "sandstack.kind": "home",
      "sandstack.owner": "own-bbbbbbbbbbbb",
      "sandstack.id": "sbx-aaaaaaaaaaaa",
      "sandstack.created": "1000",
      "sandstack.deadline": "61000",
      "sandstack.stack": "p/s",
    });
    expect(readLabels(labelsFor("home", SPEC))).toEqual({
      ...{ kind: "home", owner: SPEC.owner, id: SPEC.id, createdAt: 1_000, deadline: 61_000 },
    });
  });

  it("without a deadline have none, and strangers' are not ours", () => {
    expect(readLabels(labelsFor("snapshot", { ...SPEC, deadline: undefined }))?.deadline).toBeUndefined();
    for (const labels of [undefined, null, {}, sharedLabels("guest")]) expect(readLabels(labels)).toBeUndefined();
  });
});

describe("a payload's user", () => {
  it("follows from the sandbox, above all that machines give people", () => {
    const uids = ["sbx-a", "sbx-b", "sbx-c"].map((id) => payloadUid(id, false));
    expect(new Set(uids).size).toBe(3);
    for (const uid of uids) {
      expect(uid).toBeGreaterThanOrEqual(1_879_048_192);
      expect(uid).toBeLessThan(2 ** 31);
    }
    expect(payloadUid("sbx-a", false)).toBe(uids[0]);
  });

  it("is the image's where the engine has users of its own", () => expect(payloadUid("sbx-a", true)).toBe(1000));
});
