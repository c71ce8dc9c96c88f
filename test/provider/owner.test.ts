import { existsSync, mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { newSandboxId } from "../../src/model/id";
import { leftovers } from "../../src/provider";
import { formatLabel } from "../../src/tiers/local/cgroup-label";
import { cgroupParents, cgroupTree } from "../../src/tiers/local/cgroup-tree";
import { leakCheckEachTest } from "../support/leak-check";
import { declared, destroyAfterEach, destroyed, instance, recordOf } from "./declared";

leakCheckEachTest();
destroyAfterEach();

it("two of one name are two owners, and neither's end touches the other's", async () => {
  const [one, other] = [await declared(), await declared()];
  expect(one.owner.id).not.toBe(other.owner.id);
  await destroyed(one);
  expect(recordOf(other)?.state).toBe("running");
  expect((await instance.read(other.instance)).outputs["state"]).toBe("running");
  expect((await leftovers(other.owner.id)).length).toBeGreaterThan(0);
});

it("what nobody has written down is named as left, and left", async () => {
  const stack = await declared();
  const now = Date.now();
  const label = { id: newSandboxId(), owner: stack.owner.id, createdAt: now, deadline: now + 60_000 };
  const planted = join(cgroupParents(cgroupTree())[0] as string, formatLabel(label));
  mkdirSync(planted, { recursive: true });
  try {
    await destroyed(stack);
    expect(await leftovers(stack.owner.id)).toMatchObject([{ kind: "cgroup", where: planted, sandbox: label.id }]);
    expect(existsSync(planted)).toBe(true);
  } finally {
    rmdirSync(planted);
    if (readdirSync(dirname(planted), { withFileTypes: true }).every((entry) => !entry.isDirectory())) {
      rmdirSync(dirname(planted));
    }
  }
});
