import { expect, it } from "vitest";
import { Receipt } from "../../../examples/story/receipt";
import type { OwnedObject } from "../../../src/model/tier";

const object = (kind: OwnedObject["kind"], where: string): OwnedObject => ({
  ...{ kind, where, owner: "run:1", sandbox: "sbx-1", createdAt: 0 },
});

it("counts what was seen at any time, each once, and names what is left", () => {
  let there = [object("process", "10"), object("process", "11"), object("socket", "/run/a")];
  const receipt = new Receipt("run:1", (owner) => (owner === "run:1" ? there : []));
  receipt.note();
  there = [object("process", "11"), object("layer", "/l")];
  receipt.note();
  there = [object("process", "11"), object("cgroup", "/c")];
  expect(receipt.format()).toBe(
    [
      "what     made  gone  left",
      "cgroup   1     0     1",
      "layer    1     1     0",
      "process  2     1     1",
      "socket   1     1     0",
      "left: process 11",
      "left: cgroup /c",
      "",
    ].join("\n"),
  );
  expect(receipt.left).toHaveLength(2);
});
