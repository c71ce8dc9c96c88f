import { afterAll, beforeAll, expect, it } from "vitest";
import type { EndedRecord, SandboxRecord } from "../../../src/model/tier";
import { stateOf } from "../../../src/provider/state";

const zone = process.env["TZ"];
beforeAll(() => void (process.env["TZ"] = "UTC"));
afterAll(() => void (zone === undefined ? delete process.env["TZ"] : (process.env["TZ"] = zone)));

const START = Date.UTC(2026, 4, 3, 13, 50);
const END = Date.UTC(2026, 4, 3, 14, 5);
const base = { id: "sbx-aaaaaaaaaaaa", createdAt: START, deadline: END, state: "running" } as SandboxRecord;
const plain: EndedRecord = {
  id: base.id,
  endedAt: END + 40,
  how: "finished",
  exitCode: null,
  signal: null,
  task: false,
  outputDropped: 0,
};

it.each<[string, SandboxRecord | undefined, string]>([
  ["of one that runs", base, "running"],
  ["of one that the ledger does not know", undefined, "gone, there is no record of it on this machine"],
  ["at its deadline", { ...base, ended: { ...plain, how: "timed out" } }, "ended 14:05, ttl 15m"],
  [
    "at a deadline that was moved",
    { ...base, deadline: END + 1_234, ended: { ...plain, how: "timed out" } },
    "ended 14:05, ttl 15m1s",
  ],
  ["killed", { ...base, ended: { ...plain, how: "killed" } }, "killed 14:05"],
  ["out of memory", { ...base, ended: { ...plain, how: "out of memory" } }, "ended 14:05, out of memory"],
  ["found dead by gc", { ...base, ended: { ...plain, how: "lost" } }, "found dead 14:05"],
  ["with a task", { ...base, ended: { ...plain, task: true, exitCode: 3 } }, "finished 14:05, exit code 3"],
  [
    "with a task that a signal ended",
    { ...base, ended: { ...plain, task: true, signal: 9 } },
    "finished 14:05, signal 9",
  ],
  ["of itself", { ...base, ended: plain }, "ended 14:05"],
  ["whose keeper is dead", { ...base, state: "dead" }, "killed, its keeper is dead"],
])("%s", (_, record, expected) => expect(stateOf(record, END)).toBe(expected));

it("that has outlived its deadline is no running one", () => {
  expect(stateOf(base, END + 1_000)).toBe("running");
  expect(stateOf(base, END + 10_000)).toBe("overdue since 14:05");
});
