import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { leftovers } from "../../src/provider";
import { listSandboxes } from "../../src/tiers";
import { entryPath } from "../../src/tiers/ledger/entry";
import { leakCheckEachTest } from "../support/leak-check";
import { seededRandom } from "../support/random";
import { killedAfter } from "./child";
import {
  checked,
  declared,
  destroyAfterEach,
  destroyed,
  idOf,
  instance,
  instanceInputs,
  lease,
  owner,
} from "./declared";

// A provider that is killed with -9 at a moment of its work, and what another one does then. The moments are spread over
// the time that the work takes. Not proven: every moment (npm run soak looks for more).

leakCheckEachTest();
destroyAfterEach();

/** In ms: those that matter most, or in the soak 200 that chance picks. */
const random = seededRandom();
const picked = (count: number, most: number) => Array.from({ length: count }, () => Math.round(random.next() * most));
const isSoak = process.env["SANDSTACK_SOAK"] !== undefined;
const CREATES = isSoak ? picked(80, 200) : [0, 5, 15, 30, 45, 60, 90, 130];
const DELETES = isSoak ? picked(40, 50) : [0, 3, 10, 25];
const seed = `seed ${random.seed}`;

it.each(CREATES)(
  `a create that is killed after %i ms is gone on with, and nothing is doubled (${seed})`,
  async (delay) => {
    const stack = {
      owner: await owner.create({}),
      lease: await lease.create(await checked(lease, { ttl: "1m", afterEnd: "recreate", generation: "g" })),
    };
    const inputs = await instanceInputs(stack, { task: "echo run >> runs; sleep 60", env: { A: "1" } });
    await killedAfter(delay, "create", instance.urn, { id: "", inputs });
    const made = await instance.create(inputs);
    expect(made).toMatchObject({ id: stack.lease.id, outputs: { state: "running" } });
    const sandbox = await Sandbox.connect(made.outputs["connection"] as string);
    const { stdout } = await sandbox.commands.run("until test -s runs; do sleep 0.02; done; cat runs; echo $A", {
      timeoutMs: 5_000,
    });
    expect(stdout).toBe("run\n1\n");
    sandbox.disconnect();
    expect(listSandboxes().sandboxes.filter(({ owner }) => owner === stack.owner.id)).toHaveLength(1);
    await destroyed({ ...stack, instance: made });
    expect(await leftovers(stack.owner.id)).toEqual([]);
  },
);

it.each(CREATES)(
  `a create that is killed after %i ms and never repeated goes with its lease (${seed})`,
  async (delay) => {
    const stack = {
      owner: await owner.create({}),
      lease: await lease.create(await checked(lease, { ttl: "1m", afterEnd: "recreate", generation: "g" })),
    };
    const inputs = await instanceInputs(stack, {});
    await killedAfter(delay, "create", instance.urn, { id: "", inputs });
    await lease.delete(stack.lease);
    expect(existsSync(entryPath(stack.lease.id))).toBe(false);
    expect(await leftovers(stack.owner.id)).toEqual([]);
  },
);

it.each(DELETES)(`a delete that is killed after %i ms is done by the next (${seed})`, async (delay) => {
  const stack = await declared();
  await killedAfter(delay, "delete", instance.urn, stack.instance);
  await instance.delete(stack.instance);
  expect(existsSync(entryPath(idOf(stack)))).toBe(false);
  expect(await leftovers(stack.owner.id)).toEqual([]);
});
