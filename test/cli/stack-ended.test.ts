import { describe, expect, test } from "vitest";
import { getSandbox } from "../../src/tiers";
import { leakCheckEachTest } from "../support/leak-check";
import { until } from "../support/until";
import { destroyAfterEach, Project, running } from "./stack-scene";

// Instances that have ended by themselves, or were ended behind the stack's back.

leakCheckEachTest();
destroyAfterEach();

const ended = (id: string) => until("its end", 10_000, () => getSandbox(id).state === "ended");

describe("an instance that has ended", () => {
  test("by its ttl: preview says that it is replaced and why, and up replaces it", async () => {
    const project = new Project();
    await project.set("ttl", "4s");
    await project.say("up");
    const { sandbox } = project;
    await ended(sandbox);
    const preview = await project.say("preview");
    const reason =
      /^\+- sandstack:local:Instance agent replace\n +ended \d\d:\d\d, ttl 4s; made anew \(afterEnd: "recreate"\)$/m;
    expect(preview).toMatch(reason);
    expect(preview).toMatch(/^Resources: \+- 2 to replace, 6 unchanged$/m);
    expect(project.sandbox).toBe(sandbox);
    await project.set("ttl", "1m");
    expect(await project.say("up")).toMatch(
      /^\+- sandstack:local:Instance agent replaced .*\n +ended \d\d:\d\d, ttl 4s/m,
    );
    expect(running()).toEqual([project.sandbox]);
    expect(project.sandbox).not.toBe(sandbox);
  });

  test("behind the stack's back: the same, with what happened", async () => {
    const project = new Project();
    await project.say("up");
    await project.say("kill", "agent");
    expect(await project.say("refresh")).toMatch(/^ ~ sandstack:local:Instance agent updated/m);
    expect(await project.say("preview")).toMatch(/agent replace\n +killed \d\d:\d\d; made anew/);
    expect(await project.changes("up")).toEqual({ "create-replacement": 2, "delete-replaced": 2, same: 6 });
    expect(running()).toEqual([project.sandbox]);
  });

  test("with its task: no changes, and what it said can be read", async () => {
    const project = new Project();
    await project.set("task", "echo 42; exit 3");
    await project.say("up");
    const { sandbox } = project;
    await ended(sandbox);
    const again = await project.say("up");
    expect(again).toMatch(/agent unchanged\n +finished \d\d:\d\d, exit code 3; left as it is \(afterEnd: "leave"\)$/m);
    expect(again).toMatch(/^Resources: 8 unchanged$/m);
    expect(project.sandbox).toBe(sandbox);
    const logs = await project.run("logs", "agent");
    expect(logs).toMatchObject({ code: 0, stdout: "42\n", stderr: expect.stringContaining("exit code 3") as string });
    await project.say("destroy");
    expect(await project.run("logs", sandbox)).toMatchObject({ code: 1 });
  });
});
