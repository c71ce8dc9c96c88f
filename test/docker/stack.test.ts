import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { getSandbox } from "../../src/tiers";
import { entryPath } from "../../src/tiers/ledger/entry";
import { sandstack } from "../cli/cli";
import { Project } from "../cli/stack-scene";
import { AGENT, boxOf, dockerStackScene } from "./stack-scene";

// A stack's life on a real engine, through the real command and the embedded engine's stand-in for the plugin. After each
// test the engine has what it had before, images too. Not proven: the same stack under the Pulumi CLI with the plugin.

const scene = dockerStackScene();
/** Of host, image and instance: three components, and what they declare. */
const NOTHING = { same: 15 };

describe("a stack on tier docker", () => {
  test("is made, used, kept, rolled back, found unchanged, and goes with all that it has made", async () => {
    const before = await scene.contents();
    const project = new Project(AGENT);
    expect(await project.say("up")).toMatch(/^Outputs:\n {4}sandbox: \{"version":1,"tier":"docker"/m);
    const { sandbox } = project;
    expect(await scene.inspect(boxOf(sandbox), ".State.Running")).toBe("true");
    expect(await project.say("exec", "agent", "--", "sh", "-c", "echo $MODE; echo one > work")).toBe("test\n");
    const snapshot = (await project.say("snapshot", "create", "agent")).trim();
    await project.say("exec", "agent", "--", "sh", "-c", "echo two > work");
    await project.say("rollback", "agent", snapshot);
    expect(await project.say("exec", "agent", "--", "cat", "work")).toBe("one\n");
    expect(await project.changes("up")).toEqual(NOTHING);
    expect(project.sandbox).toBe(sandbox);
    const told = await project.say("destroy");
    expect(told).toMatch(/^ {4}left: nothing$/m);
    expect(told).toMatch(new RegExp(`^ +sandbox +agent +${sandbox} .* gone$`, "m"));
    expect(told).toMatch(new RegExp(`^ +snapshot +- +${snapshot} .* gone$`, "m"));
    expect(await scene.contents()).toEqual(before);
    expect(existsSync(entryPath(sandbox))).toBe(false);
  });

  test("is hardened as the runtime's own are, and bears the marks by which a stranger finds it", async () => {
    const project = new Project(AGENT);
    await project.say("up");
    const { sandbox, owner } = project;
    const box = boxOf(sandbox);
    expect(await scene.inspect(box, ".HostConfig.ReadonlyRootfs")).toBe("true");
    expect(await scene.inspect(box, ".HostConfig.NetworkMode")).toBe("none");
    expect(await scene.inspect(box, ".HostConfig.CapDrop")).toBe("[ALL]");
    expect(await scene.inspect(box, "json .HostConfig.SecurityOpt")).toMatch(/no-new-privileges.*io_uring_setup/);
    const volumes = (await scene.docker("volume", "ls", "-q", `--filter=label=sandstack.id=${sandbox}`)).split("\n");
    // The last is that of its terminals, which has no name of its own.
    const named = ["home", "tmp", "vartmp"].map((of) => `${box}-${of}`);
    expect(volumes.filter((volume) => volume.startsWith("sandstack-")).sort()).toEqual(named);
    expect(volumes).toHaveLength(named.length + 1);
    const { createdAt, deadline } = getSandbox(sandbox);
    for (const thing of [box, ...volumes]) {
      const path = thing === box ? ".Config.Labels" : ".Labels";
      const labels = JSON.parse(await scene.inspect(thing, `json ${path}`)) as Record<string, string>;
      expect(labels).toMatchObject({
        "sandstack.id": sandbox,
        "sandstack.owner": owner,
        "sandstack.stack": "lab/local",
        "sandstack.created": String(createdAt),
        "sandstack.deadline": String(deadline),
      });
    }
  });

  test("ttl and limits change in place; a share of processors where there was none is another sandbox", async () => {
    const project = new Project(AGENT);
    await project.say("up");
    const { sandbox } = project;
    const { deadline } = getSandbox(sandbox);
    await project.set("ttl", "10m");
    await project.set("memory", "256MiB");
    await project.set("processes", "20");
    expect(await project.changes("up")).toEqual({ same: 12, update: 3 });
    expect(project.sandbox).toBe(sandbox);
    expect(getSandbox(sandbox).deadline).toBe(deadline + 300_000);
    expect(await scene.inspect(boxOf(sandbox), ".HostConfig.Memory")).toBe(String(256 << 20));
    const forks = await project.run(
      "exec",
      "agent",
      "--",
      "sh",
      "-c",
      "for i in $(seq 40); do sleep 5 & done; echo all",
    );
    expect(forks.stdout).not.toContain("all");
    expect(await project.changes("up")).toEqual(NOTHING);

    await project.set("cpus", "1");
    await project.say("up");
    const second = project.sandbox;
    expect(second).not.toBe(sandbox);
    expect(await scene.inspect(boxOf(second), ".HostConfig.CpuQuota")).toBe("100000");
    await project.set("cpus", "0.5");
    expect(await project.changes("up")).toEqual({ same: 13, update: 2 });
    expect(await scene.inspect(boxOf(second), ".HostConfig.CpuQuota")).toBe("50000");
  });

  test("secrets are in every command, and neither in the container nor in the state", async () => {
    const project = new Project(AGENT);
    const token = `s3cret-${Math.random().toString(36).slice(2)}`;
    const set = ["config", "set", "--secret", "token"];
    await sandstack(set, { cwd: project.folder, env: project.env, input: token });
    await project.say("up");
    expect(await project.say("exec", "agent", "--", "sh", "-c", "echo $TOKEN")).toBe(`${token}\n`);
    expect(await scene.docker("inspect", boxOf(project.sandbox))).not.toContain(token);
    expect(await scene.docker("logs", boxOf(project.sandbox))).not.toContain(token);
    expect(project.read(".pulumi/stacks/lab/local.json")).not.toContain(token);
    await project.set("mode", "other");
    expect(await project.changes("up")).toEqual({ same: 14, update: 1 });
    expect(await project.say("exec", "agent", "--", "sh", "-c", "echo $MODE $TOKEN")).toBe(`other ${token}\n`);
  });

  test("a task runs once, and its result outlives it; a snapshot begins another instance", async () => {
    const project = new Project(AGENT);
    await project.set("task", "echo worked; exit 3");
    await project.say("up");
    expect((await project.run("logs", "task")).stdout).toBe("worked\n");
    const task = project.id("sandstack:docker:Instance", "task");
    await project.say("exec", "agent", "--", "sh", "-c", "echo kept > file; chmod 640 file");
    await project.set("snapshot", "yes");
    const told = await project.say("up");
    expect(told).toMatch(/finished \d\d:\d\d, exit code 3; left as it is/);
    expect(project.id("sandstack:docker:Instance", "task")).toBe(task);
    const seen = await project.say("exec", "second", "--", "sh", "-c", "cat file; stat -c '%a %u' file; id -u");
    expect(seen).toMatch(/^kept\n640 (\d+)\n\1\n$/);
    expect(await project.changes("up")).not.toHaveProperty("create");
    await project.set("task", "echo again");
    await project.say("up");
    expect((await project.run("logs", "task")).stdout).toBe("again\n");
  });

  test("two stacks share what serves both; the first to go leaves it to the other", async () => {
    const [one, two] = [new Project(AGENT), new Project(AGENT)];
    await Promise.all([one.say("up"), two.say("up")]);
    await one.say("destroy");
    expect(await two.say("exec", "agent", "--", "echo", "here")).toBe("here\n");
    expect(await two.changes("up")).toEqual(NOTHING);
    expect(await scene.contents()).toContain("container sandstack-reaper");
  });

  test("a preview of all of it touches nothing", async () => {
    const before = await scene.contents();
    const project = new Project(AGENT);
    expect(await project.changes("preview")).toEqual({ create: 15 });
    expect(await scene.contents()).toEqual(before);
  });
});
