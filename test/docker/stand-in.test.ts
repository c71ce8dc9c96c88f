import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { declaration as container } from "../../src/provider/docker/container/declaration";
import { differenceOf } from "../../src/provider/docker/differences";
import type { Fields, Type } from "../../src/provider/docker/shape/fields";
import { STATE_SHAPE } from "../../src/provider/docker/shape/state-shape";
import { DockerEngine } from "../support/docker/engine";
import { until } from "../support/until";
import { withHello } from "./hello";
import { boxWithData, STAND_IN, standInScene } from "./stand-in-scene";

// Programs of @pulumi/docker without its plugin, on a real engine. Not proven: that the plugin itself finds no changes
// in what was made here.

const scene = standInScene();
const MEGABYTE = 1024 * 1024;

describe("a program of @pulumi/docker without the plugin", () => {
  it("makes, keeps, changes in place, replaces and removes", async () => {
    const { container, volume } = (await scene.up(boxWithData())).outputs;
    expect(await scene.inspect(container, "State.Running")).toBe("true");
    expect(await scene.inspect(container, "HostConfig.Memory")).toBe(String(64 * MEGABYTE));
    expect((await scene.up(boxWithData())).changes).toEqual({ same: 3 });

    const changed = await scene.up(boxWithData({ memory: 96 }));
    expect(changed.outputs).toEqual({ container, volume, memory: 96 });
    expect(changed.changes).toEqual({ same: 2, update: 1 });
    expect(await scene.inspect(container, "HostConfig.Memory")).toBe(String(96 * MEGABYTE));

    const replaced = (await scene.up(boxWithData({ memory: 96, label: "two" }))).outputs;
    expect(replaced["container"]).not.toBe(container);
    expect(replaced["volume"]).toBe(volume);
    expect(await scene.docker("container", "ls", "--all", "--quiet", "--no-trunc")).toBe(replaced["container"]);
    await scene.destroy();
  });

  it("takes a limit back by making the container anew: an engine can't", async () => {
    const { container } = (await scene.up(boxWithData())).outputs;
    const free = { more: { memory: undefined, memorySwap: undefined } };
    const { outputs } = await scene.up(boxWithData(free));
    expect(outputs["container"]).not.toBe(container);
    expect(await scene.inspect(outputs["container"], "HostConfig.Memory")).toBe("0");
    await scene.destroy();
  });

  it("raises the memory of a container that has said nothing of swap", async () => {
    const more = { memorySwap: undefined };
    const { container } = (await scene.up(boxWithData({ more }))).outputs;
    expect((await scene.up(boxWithData({ memory: 512, more }))).outputs).toMatchObject({ container, memory: 512 });
    await scene.destroy();
  });

  it("previews without touching the engine", async () => {
    await scene.up(boxWithData());
    const before = await scene.contents();
    const preview = await scene.stack.engine(boxWithData({ label: "two" }), STAND_IN).preview();
    expect(preview.changes).toEqual({
      same: 2,
      "create-replacement": 1,
      "delete-replaced": 1,
    });
    expect(await scene.contents()).toEqual(before);
    await scene.destroy();
  });

  it("has what the vendor's declarations name in its state, and each value of its type", async () => {
    await scene.up(() => {
      const subnet = { subnet: "10.199.7.0/24", gateway: "10.199.7.1" };
      new docker.Network("net", { internal: true, labels: [{ label: "a", value: "b" }], ipamConfigs: [subnet] });
      new docker.RemoteImage("image", { name: "hello:1", keepLocally: true });
      return boxWithData()();
    });
    const resources = scene.stack.state().resources.filter(({ type }) => type in STATE_SHAPE);
    expect(resources.map(({ type }) => type).sort()).toEqual(Object.keys(STATE_SHAPE).sort());
    for (const { type, id, inputs = {}, outputs = {} } of resources) {
      const shape = STATE_SHAPE[type] as NonNullable<(typeof STATE_SHAPE)[string]>;
      const found: Fields = { ...shape.inputs, ...shape.computed, id: "string", __meta: "string" };
      expect(misfits(type, { object: shape.inputs }, inputs)).toEqual([]);
      expect(misfits(type, { object: found }, outputs)).toEqual([]);
      expect(outputs["id"]).toBe(id);
      const missing = [...Object.keys(shape.computed), ...shape.found].filter((name) => !(name in outputs));
      // It runs, and the image has no health check.
      expect(missing.filter((name) => !["exitCode", "containerLogs", "healthcheck"].includes(name))).toEqual([]);
    }
    await scene.destroy();
  });

  it("gives the ids that the plugin gives", async () => {
    await scene.up(() => {
      new docker.Network("net", { name: "test-net" });
      new docker.RemoteImage("image", { name: "hello:1", keepLocally: true });
      new docker.Volume("volume", { name: "test-volume" });
      new docker.Container("box", { name: "test-box", image: "hello:1", command: ["/hello", "stay"] });
    });
    const ids = Object.fromEntries(scene.stack.state().resources.map(({ type, id }) => [type, id]));
    const image = await scene.docker("image", "inspect", "--format={{.Id}}", "hello:1");
    expect(ids).toMatchObject({
      "docker:index/container:Container": await scene.inspect("test-box", "Id"),
      "docker:index/network:Network": await scene.docker("network", "inspect", "--format={{.Id}}", "test-net"),
      "docker:index/remoteImage:RemoteImage": `${image}hello:1`,
      "docker:index/volume:Volume": "test-volume",
    });
    await scene.destroy();
  });
});

/** A container as sandboxes have theirs. */
const HARDENED: docker.ContainerArgs = {
  name: "sandstack-test",
  image: "hello:1",
  user: "0:0",
  workingDir: "/",
  entrypoints: ["/hello", "docker"],
  command: [],
  envs: ["A=1", "B=2"],
  labels: ["kind", "owner", "id"].map((name) => ({ label: `sandstack.${name}`, value: name })),
  readOnly: true,
  capabilities: { adds: ["SETUID", "SETGID", "KILL"].map((name) => `CAP_${name}`), drops: ["ALL"] },
  securityOpts: ["no-new-privileges", `seccomp=${JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW" })}`],
  ulimits: [{ name: "core", soft: 1, hard: 1 }],
  ipcMode: "private",
  networkMode: "none",
  restart: "no",
  mustRun: false,
  logDriver: "json-file",
  logOpts: { "max-size": "8m", "max-file": "1" },
  tmpfs: { "/run": "rw,nosuid,nodev,mode=755,size=16m" },
  memory: 64,
  memorySwap: 64,
  cpus: "0.5",
};

describe("what the engine tells of a container", () => {
  /** The changes that the plugin would see: it compares what was found with what is asked for. */
  async function seen(args: docker.ContainerArgs): Promise<string[]> {
    await scene.up(() => {
      const volumes = ["guest", "home"].map((name) => new docker.Volume(name));
      const mounts = volumes.map(({ name }, index) => {
        return { type: "volume", source: name, target: `/mnt/${index}`, readOnly: index === 0 };
      });
      new docker.Container("box", { ...args, mounts });
    });
    const box = scene.stack.state().resources.find(({ type }) => type === container.token);
    const { inputs = {}, outputs = {} } = box ?? {};
    const { shape } = container;
    const found = Object.entries(outputs).filter(([name]) => {
      return name in shape.inputs && (name in inputs || !shape.found.includes(name));
    });
    const { changes } = differenceOf(container, { id: "", inputs: Object.fromEntries(found), outputs }, inputs);
    await scene.destroy();
    return changes.map(({ path }) => path);
  }

  it("is what was asked for, where all is said as the engine says it", async () => {
    expect(await seen(HARDENED)).toEqual([]);
  });

  it("is more than was asked for where memory is bounded and swap is not: the plugin would change it for ever", async () => {
    expect(await seen({ ...HARDENED, memorySwap: undefined })).toEqual(["memorySwap"]);
  });

  it("and its secrets are none in the state's text", async () => {
    const args = { ...HARDENED, envs: [pulumi.secret("TOKEN=swordfish")], command: [pulumi.secret("trout")] };
    await scene.up(() => void new docker.Container("box", args));
    expect(await scene.inspect("sandstack-test", "Config.Env")).toContain("swordfish");
    expect(await scene.inspect("sandstack-test", "Config.Cmd")).toContain("trout");
    expect(scene.stack.stateText()).not.toMatch(/swordfish|trout/);
    await scene.destroy();
  });
});

describe("a container that somebody else has been at", () => {
  it("and has removed is made again", async () => {
    const { container, volume } = (await scene.up(boxWithData())).outputs;
    await scene.docker("rm", "--force", container);
    const again = await scene.up(boxWithData());
    expect(again.outputs).toMatchObject({ volume });
    expect(again.outputs["container"]).not.toBe(container);
    expect(again.changes).toEqual({ same: 2, create: 1 });
    await scene.destroy();
  });

  it("and has removed with its volume is made again with a new one", async () => {
    const { container, volume } = (await scene.up(boxWithData())).outputs;
    await scene.docker("rm", "--force", container);
    await scene.docker("volume", "rm", volume);
    expect((await scene.up(boxWithData())).changes).toEqual({ same: 1, create: 2 });
    await scene.destroy();
  });

  it("and has stopped is started; which need not run is left alone, and its exit code told", async () => {
    const { container } = (await scene.up(boxWithData())).outputs;
    await scene.docker("stop", "--time=0", container);
    expect((await scene.up(boxWithData())).changes).toEqual({ same: 2, update: 1 });
    expect(await scene.inspect(container, "State.Running")).toBe("true");
    const more = { mustRun: false };
    expect((await scene.up(boxWithData({ more }))).outputs["container"]).toBe(container);
    await scene.docker("stop", "--time=0", container);
    expect((await scene.up(boxWithData({ more }))).changes).toEqual({ same: 3 });
    expect(await scene.inspect(container, "State.Running")).toBe("false");
    expect(scene.stack.state().resources.find(({ id }) => id === container)?.outputs).toMatchObject({ exitCode: 137 });
    await scene.destroy();
  });

  it("and has paused is kept, and can be removed", async () => {
    const { container } = (await scene.up(boxWithData())).outputs;
    await scene.docker("pause", container);
    expect((await scene.up(boxWithData())).changes).toEqual({ same: 3 });
    await scene.destroy();
  });

  it("and has given other limits gets its own back", async () => {
    const { container } = (await scene.up(boxWithData())).outputs;
    await scene.docker("update", "--memory=100m", "--memory-swap=100m", "--restart=always", container);
    expect((await scene.up(boxWithData())).changes).toEqual({ same: 2, update: 1 });
    expect(await scene.inspect(container, "HostConfig.Memory")).toBe(String(64 * MEGABYTE));
    expect(await scene.inspect(container, "HostConfig.RestartPolicy.Name")).toBe("no");
    await scene.destroy();
  });

  it("and has given other limits keeps them where the program ignores that", async () => {
    const program = boxWithData({ options: { ignoreChanges: ["memory", "memorySwap"] } });
    const { container } = (await scene.up(program)).outputs;
    await scene.docker("update", "--memory=100m", "--memory-swap=100m", container);
    expect((await scene.up(program)).changes).toEqual({ same: 3 });
    expect(await scene.inspect(container, "HostConfig.Memory")).toBe(String(100 * MEGABYTE));
    await scene.docker("update", "--restart=always", container);
    expect((await scene.up(program)).changes).toEqual({ same: 2, update: 1 });
    expect(await scene.inspect(container, "HostConfig.RestartPolicy.Name")).toBe("no");
    expect(await scene.inspect(container, "HostConfig.Memory")).toBe(String(100 * MEGABYTE));
    await scene.destroy();
  });

  it("and has removed before a destroy is no error", async () => {
    const { container, volume } = (await scene.up(boxWithData())).outputs;
    await scene.docker("rm", "--force", container);
    await scene.docker("volume", "rm", volume);
    await scene.destroy();
    expect(scene.stack.state().resources).toEqual([]);
  });
});

describe("another engine", () => {
  it("gets all that the first one had, which goes there; and a destroy finds the one it was made in", async () => {
    await using other = await DockerEngine.start();
    await withHello(other);
    await scene.up(boxWithData());
    process.env["DOCKER_HOST"] = `unix://${other.socket}`;
    try {
      await scene.up(boxWithData());
      expect(await scene.contents()).toEqual([]);
      expect((await other.docker(["ps", "--quiet"])).stdout).not.toBe("");
    } finally {
      process.env["DOCKER_HOST"] = `unix://${scene.engine.socket}`;
    }
    await scene.destroy();
    expect((await other.docker(["ps", "--all", "--quiet"])).stdout).toBe("");
    expect((await other.docker(["volume", "ls", "--quiet"])).stdout).toBe("");
  });
});

describe("a volume", () => {
  it("that a container uses goes once that has gone", async () => {
    const { volume } = (await scene.up(() => ({ volume: new docker.Volume("data").name }))).outputs;
    const user = ["--volume", `${volume as string}:/data`, "--network=none", "hello:1", "/hello", "stay"];
    const container = await scene.docker("run", "--detach", ...user);
    const destroyed = scene.destroy();
    await until("the delete has begun", 5_000, () => scene.stack.events.some(({ event }) => event === "step"));
    await scene.docker("rm", "--force", container);
    await destroyed;
  });
});

/** Paths of values that are not of the type that the table has for them. */
function misfits(path: string, type: Type, value: unknown): string[] {
  if (value === null) return [];
  if (typeof type === "object" && "list" in type) {
    if (!Array.isArray(value)) return [path];
    return value.flatMap((item, index) => misfits(`${path}[${index}]`, { object: type.list }, item));
  }
  if (typeof type === "object") {
    return Object.entries(value as object).flatMap(([name, item]) => {
      const known = name === "__defaults" ? "strings" : type.object[name];
      return known === undefined ? [`${path}.${name}?`] : misfits(`${path}.${name}`, known, item);
    });
  }
  const texts = (list: unknown[]) => list.every((item) => typeof item === "string");
  if (type === "strings") return Array.isArray(value) && texts(value) ? [] : [path];
  if (type === "map") return texts(Object.values(value as object)) ? [] : [path];
  return typeof value === type ? [] : [path];
}
