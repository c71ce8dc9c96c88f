import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { getSandbox } from "../../src/tiers";
import { leakCheckEachTest } from "../support/leak-check";
import { destroyAfterEach, Project, running } from "./stack-scene";

// A stack's life through the real command: chroot alone, since what the tiers do is proven elsewhere. Not proven: the same
// stack under the Pulumi CLI.

leakCheckEachTest();
destroyAfterEach();

const NOTHING = { same: 8 };

describe("up", () => {
  test("makes what is declared; a second one changes nothing and touches nothing", async () => {
    const project = new Project();
    const first = await project.say("up");
    expect(first).toMatch(/^Updating lab\/local\n/);
    expect(first).toMatch(/^ \+ sandstack:local:Instance agent created \d+\.\ds$/m);
    expect(first).toMatch(/^Outputs:\n {4}sandbox: \{"version":1,"tier":"chroot"/m);
    expect(first).toMatch(/^Resources: \+ 8 created\nDuration: \d+\.\ds\n$/m);
    const { sandbox } = project;
    expect(running()).toEqual([sandbox]);
    const seen = () => {
      const entry = statSync(join(process.env["SANDSTACK_STATE_DIR"] as string, "sandboxes", sandbox));
      return [project.sandbox, entry.mtimeMs, entry.ctimeMs, getSandbox(sandbox).deadline];
    };
    const before = seen();
    const second = await project.say("up");
    expect(second).toMatch(/^Updating lab\/local\nOutputs:\n.*\nResources: 8 unchanged\n/);
    expect(seen()).toEqual(before);
    expect(await project.say("exec", "agent", "--", "id", "-un")).toBe("agent\n");
    expect(await project.say("ls")).toMatch(new RegExp(`^agent +${sandbox} +chroot +running`, "m"));
  });

  test("ttl and limits are changed in place: the same sandbox, another deadline", async () => {
    const project = new Project();
    await project.say("up");
    const { sandbox } = project;
    const before = getSandbox(sandbox);
    await project.set("ttl", "10m");
    const preview = await project.say("preview", "--diff");
    expect(preview).toMatch(/^ ~ sandstack:Lease agent update\n +ttl changed\n +~ ttl: "2m" => "10m"$/m);
    expect(getSandbox(sandbox).deadline).toBe(before.deadline);
    await project.set("memory", "256MiB");
    expect(await project.changes("up")).toEqual({ same: 6, update: 2 });
    expect([project.sandbox, running()]).toEqual([sandbox, [sandbox]]);
    expect(getSandbox(sandbox).deadline).toBe(before.deadline + 8 * 60_000);
    expect(await project.changes("up")).toEqual(NOTHING);
  });

  test("another image is another sandbox, and the old one is gone; an instance that is declared no more is removed", async () => {
    const project = new Project();
    await project.say("up");
    const { sandbox } = project;
    await project.set("note", "hello");
    const told = await project.say("up");
    expect(told).toMatch(/^\+- sandstack:local:Instance agent replaced/m);
    expect(project.sandbox).not.toBe(sandbox);
    expect(running()).toEqual([project.sandbox]);
    expect(await project.say("exec", "agent", "--", "cat", "/note")).toBe("hello");
    await project.set("agent", "none");
    expect(await project.say("up")).toMatch(/^Resources: - 3 deleted, 5 unchanged$/m);
    expect(running()).toEqual([]);
  });

  test("a rollback by the runtime is no change", async () => {
    const project = new Project();
    await project.say("up");
    const { sandbox } = project;
    const snapshot = (await project.say("snapshot", "create", "agent")).trim();
    await project.say("exec", "agent", "--", "sh", "-c", "echo wrecked > work");
    await project.say("rollback", "agent", snapshot);
    expect((await project.run("exec", "agent", "--", "cat", "work")).code).toBe(1);
    expect(await project.changes("up")).toEqual(NOTHING);
    expect(running()).toEqual([sandbox]);
  });
});

describe("destroy", () => {
  test("prints the receipt, and leaves nothing", async () => {
    const project = new Project();
    await project.say("up");
    const { sandbox } = project;
    const snapshot = (await project.say("snapshot", "create", "agent")).trim();
    const told = await project.say("destroy");
    expect(told).toMatch(/^Resources: - 8 deleted$/m);
    const receipt = told.slice(told.indexOf("Receipt\n"));
    expect(receipt).toMatch(new RegExp(`^ +sandbox +agent +${sandbox} +\\d{4}-\\d\\d-\\d\\d .* gone$`, "m"));
    expect(receipt).toMatch(new RegExp(`^ +snapshot +- +${snapshot} .* gone$`, "m"));
    const [, before, gone] = /^ +(\d+) objects bore its mark: (\d+) are gone$/m.exec(receipt) ?? [];
    expect(Number(before)).toBeGreaterThan(5);
    expect(gone).toBe(before);
    expect(receipt).toMatch(/^ {4}left: nothing$/m);
    expect(running()).toEqual([]);
    expect(project.read(".pulumi/stacks/lab/local.json")).not.toContain("urn:pulumi");
    expect(await project.say("destroy")).toMatch(/^Resources: none$/m);
    await project.say("stack", "rm", "local");
    expect(await project.run("destroy")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^sandstack: There is no stack "local" in project lab\.\n/) as string,
    });
  });

  test("--json ends with the receipt; --preview-only removes nothing", async () => {
    const project = new Project();
    await project.say("up");
    const { sandbox, owner } = project;
    expect(await project.changes("destroy", "--preview-only")).toEqual({ delete: 8 });
    expect(running()).toEqual([sandbox]);
    const receipt = (await project.events("destroy")).at(-1);
    expect(receipt).toMatchObject({
      event: "receipt",
      owners: [owner],
      made: [{ kind: "sandbox", name: "agent", id: sandbox, gone: true }],
      left: [],
    });
  });
});
