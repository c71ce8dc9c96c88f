import { expect, it } from "vitest";
import type { Values } from "../../../src/provider/values";
import { UNKNOWN } from "../../../src/provider/values";
import { Calls } from "./calls";

const calls = new Calls("sandstack:local:Snapshot");
const inputs = { sandbox: '{"version":1}', description: "d", triggers: [1] };

it.each<[string, Values, string, Record<string, string>]>([
  ["another instance", { sandbox: UNKNOWN }, "kept", {}],
  ["another description", { description: "e" }, "kept", { description: "update" }],
  ["another trigger", { triggers: [2] }, "kept", { triggers: "update-replace" }],
  ["a trigger that is not known yet", { triggers: [UNKNOWN] }, "kept", { triggers: "update-replace" }],
  ["that it is gone", {}, "gone, there is no such snapshot on this machine", { state: "update-replace!" }],
])("a snapshot sees %s", async (_, fresh, state, detail) => {
  const old = { id: "snap-aaaaaaaaaaaa", inputs, outputs: { reference: "r", state } };
  expect((await calls.diff(old, { ...inputs, ...fresh })).detail).toEqual(detail);
});

it("is of a connection", async () => {
  expect((await calls.check({ sandbox: "agent" })).failures).toEqual({
    sandbox: expect.stringMatching(/^connection: it is not JSON\. Pass an instance's/) as string,
  });
  expect((await calls.check({ sandbox: UNKNOWN })).failures).toEqual({});
});
