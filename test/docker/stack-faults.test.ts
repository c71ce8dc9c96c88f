import { describe, expect, test } from "vitest";
import { Sandbox } from "../../runtime";
import { findSandbox, getSandbox } from "../../src/tiers";
import { Project } from "../cli/stack-scene";
import { until } from "../support/until";
import { AGENT, boxOf, dockerStackScene } from "./stack-scene";

// What may befall a declared container behind the stack's back. After each test the engine has what it had before.

const scene = dockerStackScene();

/** A stack that is made, and its sandbox. */
async function made(config: Record<string, string> = {}): Promise<Project> {
  const project = new Project(AGENT);
  for (const [key, value] of Object.entries(config)) await project.set(key, value);
  await project.say("up");
  return project;
}

/** Waits until the container of a sandbox does not run any more. */
async function ended(sandbox: string, ms: number): Promise<void> {
  await until(`the end of ${sandbox}`, ms, async () => {
    return (await scene.inspect(boxOf(sandbox), ".State.Running")) === "false" || undefined;
  });
}

const say = (project: Project) => project.say("exec", "agent", "--", "echo", "here");

describe("an instance that", () => {
  test.each<[string, RegExp, (sandbox: string) => Promise<unknown>]>([
    ["was killed by us", /killed \d\d:\d\d/, (sandbox) => Sandbox.kill(sandbox)],
    ["was killed at the engine", /killed \d\d:\d\d/, (sandbox) => scene.docker("kill", boxOf(sandbox))],
    ["was removed at the engine", /found dead \d\d:\d\d/, (sandbox) => scene.docker("rm", "--force", boxOf(sandbox))],
    [
      "was removed with its volumes",
      /found dead \d\d:\d\d/,
      async (sandbox) => {
        await scene.docker("rm", "--force", boxOf(sandbox));
        await scene.docker("volume", "rm", `${boxOf(sandbox)}-home`);
      },
    ],
    [
      "ended with its engine",
      /(killed|ended) \d\d:\d\d/,
      async () => {
        await scene.engine.kill();
        await scene.engine.startDaemon();
      },
    ],
  ])("%s is made anew by the next up, which says why", async (_, why, end) => {
    const project = await made();
    const { sandbox } = project;
    await end(sandbox);
    expect(await project.say("up")).toMatch(why);
    expect(project.sandbox).not.toBe(sandbox);
    expect(await say(project)).toBe("here\n");
    expect(await project.changes("up")).toEqual({ same: 15 });
    expect(findSandbox(sandbox)).toBeUndefined();
  });

  test("was paused is no change, ends in time all the same, and is made anew", async () => {
    const project = await made({ ttl: "4s" });
    const { sandbox } = project;
    await scene.docker("pause", boxOf(sandbox));
    await ended(sandbox, 20_000);
    await project.set("ttl", "5m");
    await project.say("up");
    expect(await say(project)).toBe("here\n");
  });

  test("has done its task and was removed at the engine does it no second time", async () => {
    const project = await made({ task: "echo once" });
    expect((await project.run("logs", "task")).stdout).toBe("once\n");
    const task = project.id("sandstack:docker:Instance", "task") as string;
    await scene.docker("rm", "--force", boxOf(task));
    await project.say("up");
    expect((await project.run("logs", "task")).stdout).toBe("once\n");
    await ended(task, 10_000);
  });
});

describe("an up that is killed", () => {
  /** Starts it, and kills it once it has told of a step. */
  async function killed(project: Project, step: string): Promise<void> {
    const up = project.start("up");
    await up.shown(`${step} created`);
    up.child.kill("SIGKILL");
    await up.ended;
  }

  test.each(["sandstack:docker:Guest agent", "docker:index/volume:Volume agent-tmp"])(
    "once %s is made is gone on with, or begun anew, by the next",
    async (step) => {
      const project = new Project(AGENT);
      await killed(project, step);
      await project.say("up");
      expect(await say(project)).toBe("here\n");
      expect(await project.changes("up")).toEqual({ same: 15 });
    },
  );

  test.each([
    "sandstack:local:Image python",
    "sandstack:docker:Image agent",
    "sandstack:Lease agent",
    "docker:index/volume:Volume agent-tmp",
    "docker:index/container:Container agent",
    // A snapshot is being taken then.
    "sandstack:docker:Instance agent",
  ])("once %s is made leaves what a destroy removes", async (step) => {
    const project = new Project(AGENT);
    await project.set("snapshot", "yes");
    await killed(project, step);
    expect(await project.say("destroy")).toMatch(/^ {4}left: nothing$/m);
  });
});

describe("an engine", () => {
  test("that is gone is told by up and destroy in one clear error each, and the state stays true", async () => {
    const project = await made();
    await scene.engine.kill();
    for (const command of ["up", "destroy"]) {
      const { code, stderr } = await project.run(command);
      expect(code).toBe(1);
      expect(stderr).toMatch(/docker\.host: no Docker engine answers at unix:.*docker\.sock/);
    }
    await scene.engine.startDaemon();
    await project.say("up");
    expect(await say(project)).toBe("here\n");
  });

  test("that dies in the middle of an up is gone on with when it is back", async () => {
    const project = new Project(AGENT);
    const up = project.start("up");
    await up.shown("docker:Guest agent created");
    await scene.engine.kill();
    expect((await up.ended).code).toBe(1);
    await scene.engine.startDaemon();
    await project.say("up");
    expect(await say(project)).toBe("here\n");
  });
});

test("gc leaves to a stack what it has declared, also when that has ended", async () => {
  const project = await made({ task: "echo done" });
  const task = project.id("sandstack:docker:Instance", "task") as string;
  await ended(task, 10_000);
  await project.say("logs", "task");
  await project.say("gc");
  expect(getSandbox(task).state).toBe("ended");
  expect(await project.changes("up")).toEqual(await project.changes("preview"));
  expect(await scene.inspect(boxOf(task), ".State.Status")).toBe("exited");
});

describe("is refused in one clear error, with nothing left:", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ["a limit of its disk", { disk: "1GiB" }, /limits\.disk: an engine's volumes can't be bounded/],
    ["root", { user: "root" }, /user: "root" is refused on tier docker/],
    ["a network of the host", { network: "host" }, /network: "host" is refused on tier docker/],
    [
      "a runtime that the engine lacks",
      { runtime: "runsc" },
      /docker\.runtime: the engine at .* has no runtime "runsc"/,
    ],
    ["memory that no container has", { memory: "1KiB" }, /limits\.memory takes at least 6MiB on tier docker/],
    [
      "a tier that is known only later",
      { later: "yes" },
      /tier: "docker" is not there when the program runs, but later/,
    ],
  ])("%s", async (_, config, words) => {
    const project = new Project(AGENT);
    for (const [key, value] of Object.entries(config)) await project.set(key, value);
    const { code, stderr } = await project.run("up");
    expect(code).toBe(1);
    expect(stderr).toMatch(words);
  });
});

test("another runtime that the engine has is used", async () => {
  const project = await made({ runtime: "io.containerd.runc.v2" });
  expect(await scene.inspect(boxOf(project.sandbox), ".HostConfig.Runtime")).toBe("io.containerd.runc.v2");
  expect(await say(project)).toBe("here\n");
});
