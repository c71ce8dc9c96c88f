import { expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { getSnapshot, removeSnapshot } from "../../src/tiers";
import { leakCheckEachTest } from "../support/leak-check";
import { Calls } from "../unit/provider/calls";
import { checked, declared, destroyAfterEach, idOf, instance } from "./declared";

leakCheckEachTest();
destroyAfterEach();

const snapshot = new Calls("sandstack:local:Snapshot");

it("a snapshot is captured once, outlives its instance, and is where another begins", async () => {
  const stack = await declared();
  const sandbox = await Sandbox.connect(stack.instance.outputs["connection"] as string);
  await sandbox.files.write("/home/agent/f", "first");
  const inputs = await checked(snapshot, {
    sandbox: stack.instance.outputs["connection"],
    description: "d",
    triggers: [1],
  });
  const taken = await snapshot.create(inputs);
  expect(taken.outputs["reference"]).toMatch(new RegExp(`^${idOf(stack)}@20.*Z$`));
  await sandbox.files.write("/home/agent/f", "second");
  sandbox.disconnect();
  // Asked for again, as after a crash, it is the same one.
  expect(await snapshot.create(inputs)).toEqual(taken);
  expect(await snapshot.diff(await snapshot.read(taken), inputs)).toMatchObject({ changes: "none" });
  const again = await snapshot.create({ ...inputs, triggers: [2] });
  expect(again.id).not.toBe(taken.id);

  const updated = await snapshot.update(taken, { ...inputs, description: "other" });
  expect(getSnapshot(taken.id)).toMatchObject({ description: "other", keep: true, sandbox: idOf(stack) });
  await instance.delete(stack.instance);
  const second = await declared({ image: undefined, snapshot: taken.id });
  const begun = await Sandbox.connect(second.instance.outputs["connection"] as string);
  expect(await begun.files.read("/home/agent/f")).toBe("first");
  begun.disconnect();

  for (const state of [updated, again]) await snapshot.delete(state);
  await snapshot.delete(taken);
  expect((await snapshot.read(taken)).outputs["state"]).toBe("gone, there is no such snapshot on this machine");
});

it("of an instance that has ended none is taken: when and why it ended is said", async () => {
  const stack = await declared();
  await Sandbox.kill(idOf(stack));
  const inputs = await checked(snapshot, { sandbox: stack.instance.outputs["connection"] });
  await expect(snapshot.create(inputs)).rejects.toThrow(/^Sandbox sbx-.* has ended at 20.*: it was killed\./);
});

it("one that was removed by hand is said to be gone, and captured again", async () => {
  const stack = await declared();
  const inputs = await checked(snapshot, { sandbox: stack.instance.outputs["connection"] });
  const taken = await snapshot.create(inputs);
  await removeSnapshot(taken.id);
  expect((await snapshot.diff(await snapshot.read(taken), inputs)).replaces).toEqual(["state"]);
  await snapshot.delete(await snapshot.create(inputs));
});
