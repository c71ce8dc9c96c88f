import { describe, expect, it } from "vitest";
import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { decide, ignoreChanges, reasonOf, replaceOnChanges } from "../../../src/engine/deploy/decide";
import { deleteAfter, dependentsOf, runInOrder } from "../../../src/engine/deploy/order";
import { Semaphore } from "../../../src/engine/deploy/semaphore";
import { seconds } from "../../../src/engine/monitor/request";
import { ownDiff, readDiff } from "../../../src/engine/provider/diff-answer";
import type { ResourceState } from "../../../src/engine/state/resource-state";

const changed = ownDiff({ a: 1, b: { c: 1 } }, { a: 2, b: { c: 2 } });
const none = ownDiff({}, {});
const wish = { deleteBeforeReplace: undefined, providerChanged: false, interrupted: false };

describe("what a difference asks for", () => {
  it.each([
    [none, {}, wish, { op: "same" }, undefined],
    [changed, {}, wish, { op: "update" }, "a, b.c changed"],
    [none, { initErrors: ["x"] }, wish, { op: "update" }, "did not come up: x"],
    [none, {}, { ...wish, interrupted: true }, { op: "update" }, "the last update was interrupted"],
    [{ ...changed, replaceKeys: ["a"] }, {}, wish, { op: "replace", deleteFirst: false }, "a changed"],
    [
      { ...changed, replaceKeys: ["a"], deleteBeforeReplace: true },
      {},
      wish,
      { op: "replace", deleteFirst: true },
      "a changed",
    ],
    [
      { ...changed, replaceKeys: ["a"], deleteBeforeReplace: true },
      {},
      { ...wish, deleteBeforeReplace: false },
      { op: "replace", deleteFirst: false },
      "a changed",
    ],
    [none, {}, { ...wish, providerChanged: true }, { op: "replace", deleteFirst: false }, "provider changed"],
    [none, { pendingReplacement: true }, wish, { op: "replace", deleteFirst: false }, "was deleted to be replaced"],
  ])("%#", (diff, old, wanted, decision, reason) => {
    expect(decide(diff, old, wanted)).toEqual(decision);
    expect(reasonOf(diff, old, wanted)).toBe(reason);
  });
  it("ignoreChanges says what leads nowhere", () => {
    const result = ignoreChanges({ a: 2, list: [1] }, { a: 1, list: [1, 2] }, ["a", "list[1]"]);
    expect(result).toEqual({ inputs: { a: 1, list: [1] }, nowhere: ["list[1]"] });
  });
  it.each([
    [["*"], ["a", "b"]],
    [["b"], ["b"]],
    [["b.c"], ["b"]],
    [["b.d"], []],
  ])("replaceOnChanges %j replaces for %j", (patterns, keys) =>
    expect(replaceOnChanges(changed, patterns).replaceKeys).toEqual(keys),
  );
});

describe("a provider's answer", () => {
  const [old, now] = [
    { a: 1, b: { c: 1 } },
    { a: 2, b: { c: 2 } },
  ];
  it("that leaves it open is the engine's own", () => {
    expect(readDiff(new DiffResponse(), old, now)).toEqual(changed);
    expect(readDiff(new DiffResponse(), old, old).changed).toBe(false);
  });
  it("no is no", () => expect(readDiff(new DiffResponse().setChanges(1), old, now).changed).toBe(false));
  it("by keys is as detailed as the engine can make it", () => {
    const response = new DiffResponse().setChanges(2).setDiffsList(["b", "state"]).setReplacesList(["b"]);
    expect(readDiff(response, old, now)).toMatchObject({
      replaceKeys: ["b"],
      detailed: { "b.c": { kind: "update", replace: true }, state: { kind: "update", replace: false, input: false } },
    });
  });
  it("in detail is taken as it is, and what replaces replaces", () => {
    const response = new DiffResponse().setChanges(2).setHasdetaileddiff(true);
    response.getDetaileddiffMap().set("state.text", new PropertyDiff().setKind(5));
    expect(readDiff(response, old, old)).toMatchObject({
      changed: true,
      replaceKeys: ["state"],
      detailed: { "state.text": { kind: "update", replace: true, input: false } },
    });
  });
});

const resource = (urn: string, ...dependencies: string[]): ResourceState => ({
  urn,
  custom: true,
  type: "t",
  dependencies,
});

describe("order", () => {
  const [a, b, c, d] = [resource("a"), resource("b", "a"), resource("c", "b"), resource("d", "a")] as const;
  it("deletes users before what they use, and the rest at once", async () => {
    const done: string[] = [];
    await runInOrder(
      deleteAfter([a, b, c, d]),
      ({ urn }) => Promise.resolve(void done.push(urn)),
      () => false,
    );
    expect(done.at(-1)).toBe("a");
    expect(done.indexOf("c")).toBeLessThan(done.indexOf("b"));
  });
  it("keeps what a failure needs, and begins nothing after it", async () => {
    const done: string[] = [];
    const work = ({ urn }: ResourceState) => {
      done.push(urn);
      return urn === "c" ? Promise.reject(new Error("stuck")) : Promise.resolve();
    };
    await expect(runInOrder(deleteAfter([a, b, c, d]), work, () => false)).rejects.toThrow("stuck");
    expect(done).not.toContain("a");
    expect(done).not.toContain("b");
  });
  it("knows two of one URN apart: one that is replaced, and its successor", () => {
    const old = resource("b", "a");
    expect(deleteAfter([a, old, b]).get(a)).toEqual([old, b]);
  });
  it("finds all that depend on one, through others", () => {
    expect(dependentsOf(a, [a, b, c, d])).toEqual([b, c, d]);
    expect(dependentsOf(b, [a, b, c, d])).toEqual([c]);
  });
});

describe("a semaphore", () => {
  it("lets so many run at a time, also after failures", async () => {
    const semaphore = new Semaphore(2);
    let [running, most] = [0, 0];
    const work = (n: number) => async () => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (n % 2 === 0) throw new Error("even");
    };
    await Promise.allSettled([1, 2, 3, 4, 5, 6].map((n) => semaphore.run(work(n))));
    expect([most, running]).toEqual([2, 0]);
  });
});

describe("durations", () => {
  it.each([
    ["90s", 90],
    ["1h30m", 5400],
    ["500ms", 0.5],
    ["", 0],
    [undefined, 0],
  ])("%s is %d seconds", (text, value) => expect(seconds("create", text)).toBe(value));
  it("that are none are named", () =>
    expect(() => seconds("create", "5 minutes")).toThrow('customTimeouts.create: "5 minutes" is not valid.'));
});
