import * as docker from "@pulumi/docker";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { EngineEvent, ResourceState } from "../../src/engine";
import { Project } from "../cli/stack-scene";
import { seededRandom } from "../support/random";
import { sleep, until } from "../support/until";
import { boxWithData, STAND_IN, standInScene } from "./stand-in-scene";

// Cut off in the middle: the command is killed, the engine is killed, the update is cancelled. Whatever is in the engine
// then is in the state, or was written down before it was begun. Not proven: moments that chance did not pick.

const scene = standInScene();
const random = seededRandom();
const ROUNDS = process.env["SANDSTACK_SOAK"] === undefined ? 6 : 60;

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import * as docker from "@pulumi/docker";
const volume = new docker.Volume("data", { labels: [{ label: "of", value: "test" }] });
const network = new docker.Network("net", { internal: true });
for (const name of ["one", "two"]) {
  new docker.Container(name, {
    image: "hello:1",
    command: ["/hello", "and stay"],
    networkMode: network.name,
    mounts: [{ type: "volume", source: volume.name, target: "/data" }],
    labels: [{ label: "round", value: new pulumi.Config().get("round") ?? "0" }],
  });
}
`;

describe(`the command that is killed (seed ${random.seed}, ${ROUNDS} times)`, () => {
  it(
    "leaves nothing that the next one does not find",
    async () => {
      const project = new Project(PROGRAM);
      let cutOff = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        await project.set("round", String(round));
        const started = project.start("up", "--json");
        await started.shown('"op":"create');
        await sleep(random.next() * 400);
        started.child.kill("SIGKILL");
        if ((await started.ended).signal === "SIGKILL") cutOff += 1;
        if (random.pick([true, false])) {
          await project.say("up");
          expect((await scene.contents()).map((line) => line.replace(/-[0-9a-f]{7}$/, ""))).toEqual(
            ["container one", "container two", "network net", "volume data"].sort(),
          );
          expect(await project.changes("up")).toEqual({ same: 5 });
        } else {
          await project.say("destroy", "--yes");
          expect(await scene.contents()).toEqual([]);
        }
      }
      expect(cutOff).toBeGreaterThan(0);
      await project.remove();
    },
    60_000 + ROUNDS * 10_000,
  );
});

/** Names of all that a state has or had under way. */
function spokenOf(): string[] {
  const { resources, pending } = scene.stack.state();
  const all = [...resources, ...pending.map(({ resource }) => resource)];
  return all.flatMap(({ inputs }) => (typeof inputs?.["name"] === "string" ? inputs["name"] : []));
}

async function unspoken(): Promise<string[]> {
  const spoken = spokenOf();
  const names = (await scene.contents()).map((line) => line.split(" ")[1] as string);
  return names.filter((name) => !spoken.includes(name));
}

const many = (names: string[]) => () => {
  for (const name of names) {
    new docker.Container(name, { image: "hello:1", command: ["/hello", "stay"], networkMode: "none" });
  }
};
const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** As if the last run had been killed after it had made them and before it wrote that down. */
function forgetCreates(): void {
  const file = scene.stack.stateFile;
  const state = JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest: Latest } };
  const { latest } = state.checkpoint;
  const isMade = ({ type }: ResourceState) => type.startsWith("docker:index/");
  latest.pending_operations = latest.resources.filter(isMade).map((resource) => {
    return { resource: { ...resource, id: undefined, outputs: undefined }, type: "creating" };
  });
  latest.resources = latest.resources.filter((resource) => !isMade(resource));
  writeFileSync(file, JSON.stringify(state));
}
interface Latest {
  resources: ResourceState[];
  pending_operations?: object[];
}

describe("a create that was written down only as begun", () => {
  const program = (label: string) => () => {
    const labels = [{ label: "name", value: label }];
    const network = new docker.Network("net", { internal: true, labels });
    return { network: network.id, ...(boxWithData({ label }) as () => object)() };
  };

  it("is found by its name, and is what it was", async () => {
    const { outputs } = await scene.up(program("one"));
    forgetCreates();
    expect((await scene.up(program("one"))).outputs).toEqual(outputs);
    expect(scene.stack.state().pending).toEqual([]);
    await scene.destroy();
  });

  it("is made anew under the same name where other inputs are asked for now", async () => {
    const { outputs } = await scene.up(program("one"));
    const before = await scene.contents();
    forgetCreates();
    const now = (await scene.up(program("two"))).outputs;
    expect(await scene.contents()).toEqual(before);
    expect(now["volume"]).toBe(outputs["volume"]);
    expect(now["container"]).not.toBe(outputs["container"]);
    expect(now["network"]).not.toBe(outputs["network"]);
    await scene.destroy();
  });

  it("is removed by a destroy", async () => {
    await scene.up(program("one"));
    forgetCreates();
    await scene.destroy();
    expect(await scene.contents()).toEqual([]);
  });

  it("is left alone where what has the name now is another's", async () => {
    await scene.up(() => void new docker.Volume("data", { name: "test-data", labels: [{ label: "a", value: "b" }] }));
    forgetCreates();
    await scene.docker("volume", "rm", "test-data");
    await scene.docker("volume", "create", "--label=a=c", "test-data");
    await expect(scene.destroy()).rejects.toThrow(/name: "test-data" is taken/);
    expect(await scene.contents()).toEqual(["volume test-data"]);
    await scene.docker("volume", "rm", "test-data");
    await scene.destroy();
  });
});

describe("an engine that is killed", () => {
  it("while it makes containers leaves none that the state does not speak of, and the next update goes on", async () => {
    const failed = scene.up(many(NAMES)).then(
      () => "went well",
      (error: Error) => error.message,
    );
    await until("a container", 10_000, async () => (await scene.contents()).length > 0);
    await scene.engine.kill();
    expect(await failed).toMatch(/no Docker engine answers|no way to the engine/);
    await scene.engine.startDaemon();
    expect(await unspoken()).toEqual([]);
    await scene.up(many(NAMES));
    expect(await scene.contents()).toHaveLength(NAMES.length);
    expect(scene.stack.state().pending).toEqual([]);
    await scene.destroy();
  });

  it("before a destroy is told, and the next destroy goes on", async () => {
    await scene.up(boxWithData());
    await scene.engine.kill();
    await expect(scene.destroy()).rejects.toThrow(/no Docker engine answers/);
    await scene.engine.startDaemon();
    await scene.destroy();
  });
});

describe("an update that is cancelled", () => {
  it("ends soon, and leaves nothing that the state does not speak of", async () => {
    const controller = new AbortController();
    const events = (event: EngineEvent) => {
      if (event.event === "step" && event.step.type.endsWith(":Container")) controller.abort();
    };
    const cancelled = scene.up(many(NAMES), { signal: controller.signal, events, parallel: 2 });
    await expect(cancelled).rejects.toMatchObject({ code: "ABORTED" });
    expect(await unspoken()).toEqual([]);
    expect((await scene.contents()).length).toBeLessThan(NAMES.length);
    await scene.destroy();
  });

  it("is not held up by a volume that somebody uses", async () => {
    const { volume } = (await scene.up(() => ({ volume: new docker.Volume("data").name }))).outputs;
    const user = await scene.docker("create", "--volume", `${volume as string}:/data`, "hello:1", "/hello");
    const controller = new AbortController();
    const destroyed = scene.stack.engine(() => undefined, { ...STAND_IN, signal: controller.signal }).destroy();
    setTimeout(() => controller.abort(), 300);
    const start = Date.now();
    await expect(destroyed).rejects.toMatchObject({ code: "ABORTED" });
    expect(Date.now() - start).toBeLessThan(5_000);
    await scene.docker("rm", user);
    await scene.destroy();
  });
});
