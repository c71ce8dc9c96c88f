import { mkdirSync, rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { newSandboxId } from "../../src/model/id";
import { owned } from "../../src/tiers";
import { leakCheckEachTest } from "../support/leak-check";
import { quietly } from "../support/leaks/quietly";
import { sandstack } from "./cli";
import { destroyAfterEach, Project, running } from "./stack-scene";

// Whose is what, on one machine.

leakCheckEachTest();
destroyAfterEach();

test("two checkouts of one project and stack don't see each other's sandboxes", async () => {
  const [one, other] = [new Project(), new Project()];
  await one.say("up");
  await other.say("up");
  expect(running().sort()).toEqual([one.sandbox, other.sandbox].sort());
  expect(one.owner).not.toBe(other.owner);
  const told = await one.say("destroy");
  expect(told).toMatch(/^ {4}left: nothing$/m);
  expect(told).not.toContain(other.sandbox);
  expect((await sandstack(["gc"])).code).toBe(0);
  expect(running()).toEqual([other.sandbox]);
  expect(await other.changes("up")).toEqual({ same: 8 });
  expect(await other.say("exec", "agent", "--", "echo", "alive")).toBe("alive\n");
});

test("what nobody knows of and bears the stack's mark is named, left alone, and makes destroy fail", async () => {
  const project = new Project();
  await project.say("up");
  const { owner } = project;
  // As a cgroup of a sandbox of this owner would be called, if one had been lost.
  const id = newSandboxId();
  const made = Date.now();
  const where = owned(owner).find(({ kind }) => kind === "cgroup")?.where ?? "";
  const planted = where.replace(/[^/]+$/, `${id},${owner},${made},${made + 600_000}`);
  mkdirSync(planted);
  try {
    const { code, stdout, stderr } = await project.run("destroy");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {4}left: 1\n {4} {2}cgroup /m);
    expect(stderr).toContain(`Of owner ${owner} is left what this stack did not know: cgroup ${planted}.\n`);
    expect(owned(owner).map((object) => object.where)).toEqual([planted]);
    expect(running()).toEqual([]);
  } finally {
    rmdirSync(planted);
    quietly(() => rmdirSync(dirname(planted)));
  }
});
