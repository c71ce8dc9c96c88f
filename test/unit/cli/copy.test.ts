import { expect, test } from "vitest";
import { planCopy } from "../../../src/cli/copy";
import { SandstackError } from "../../../src/model/error";

test.each([
  ["a", "agent:/tmp/a", { direction: "in", sandbox: "agent", from: "a", to: "/tmp/a" }],
  ["-", "agent:/tmp/a", { direction: "in", sandbox: "agent", from: "-", to: "/tmp/a" }],
  ["agent:/tmp/a", ".", { direction: "out", sandbox: "agent", from: "/tmp/a", to: "." }],
  ["sbx-0:/a:b", "./c:/d", { direction: "out", sandbox: "sbx-0", from: "/a:b", to: "./c:/d" }],
])("cp %s %s", (from, to, plan) => {
  expect(planCopy(from, to)).toEqual(plan);
});

test.each([
  ["a", "b", '"a" and "b" are both on this machine.', /One of the two is SANDBOX:\/path/],
  ["x:/a", "y:/b", '"x:/a" and "y:/b" are both in sandboxes.', /One of the two is SANDBOX:\/path/],
  ["a", "agent:tmp", 'TO: "agent:tmp" is not valid.', /absolute/],
  ["agent:", "b", 'FROM: "agent:" is not valid.', /absolute/],
])("cp %s %s is refused", (from, to, message, hint) => {
  expect(() => planCopy(from, to)).toThrow(SandstackError);
  expect(() => planCopy(from, to)).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", message, hint: expect.stringMatching(hint) as string }) as Error,
  );
});
