import { expect, it } from "vitest";
import { isCutOff } from "../../../../src/provider/docker/is-cut-off";

const LABELS = [{ label: "a", value: "1" }];
const OWN_NAME = { __defaults: ["name"] };

it.each<[string, object | undefined, Record<string, string> | null, boolean]>([
  ["no run was cut off", undefined, { a: "1" }, false],
  ["it bears its labels, and an image's", { name: "box", labels: LABELS }, { a: "1", b: "2" }, true],
  ["a label is another", { name: "box", labels: LABELS }, { a: "2" }, false],
  ["it has no labels", { name: "box", labels: LABELS }, null, false],
  ["the name was another", { name: "other", labels: LABELS }, { a: "1" }, false],
  ["a program has chosen the name, and no label", { name: "box" }, { a: "1" }, false],
  ["a program has chosen the name, and a list without a label", { name: "box", labels: [] }, null, false],
  ["nobody has chosen the name", { name: "box", ...OWN_NAME }, null, true],
  ["nobody has chosen the name, and a label is another", { name: "box", labels: LABELS, ...OWN_NAME }, null, false],
])("whether what has the name was made by a run that was cut off, where %s", (_, before, found, expected) => {
  expect(isCutOff(before as never, "box", found)).toBe(expected);
});
