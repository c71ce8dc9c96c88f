import { describe, expect, it } from "vitest";
import { checkInputs } from "../../../../src/provider/docker/check-inputs";
import { declaration as container } from "../../../../src/provider/docker/container/declaration";
import { differenceOf } from "../../../../src/provider/docker/differences";
import { remoteImage } from "../../../../src/provider/docker/remote-image";
import { volume } from "../../../../src/provider/docker/volume";
import { UNKNOWN, type Values } from "../../../../src/provider/values";

const checked = (inputs: object, olds?: Values) =>
  checkInputs(container, "box", { image: "i", ...inputs }, { olds }).inputs;

/** Path → effect, with `!` where the program has not changed it. */
function changesOf(before: object, after: object, outputs: object = {}) {
  const inputs = checked(before);
  const { changes } = differenceOf(container, { id: "x", inputs, outputs: { ...outputs } }, checked(after, inputs));
  return Object.fromEntries(changes.map(({ path, effect, input }) => [path, `${effect}${input ? "" : "!"}`]));
}

it.each([
  [["memory"], ["memorySwap", "hostname"]],
  [["memory", "memorySwap", "hostname"], []],
  [["mem"], ["hostname", "memory", "memorySwap"]],
  [["hostname", "memory", "memorySwap", "tmpfs"], []],
])("of changes that a program ignores (%j) nobody is told, somebody else's too", (ignored, left) => {
  const inputs = checked({ memory: 64, memorySwap: 64, hostname: "a" });
  const outputs = { memory: 128, memorySwap: 128 };
  const tmpfs = ignored.includes("tmpfs") ? { "/a": "size=1m" } : undefined;
  const news = checked({ memory: 96, memorySwap: 64, hostname: "b", tmpfs }, inputs);
  const { changes } = differenceOf(container, { id: "x", inputs, outputs }, news, ignored);
  expect(changes.map(({ path }) => path).sort()).toEqual([...left].sort());
});

describe("a change of a container", () => {
  it.each([
    [{}, {}, {}],
    [{ memory: 64 }, { memory: 96 }, { memory: "update" }],
    [{}, { memory: 96 }, { memory: "update" }],
    [{ memory: 64 }, {}, { memory: "replace" }],
    [{ cpuSet: "0" }, { cpuSet: "" }, { cpuSet: "replace" }],
    [{ memorySwap: 64 }, {}, { memorySwap: "update" }],
    [{}, { restart: "always" }, { restart: "update" }],
    [{}, { cpuShares: 5, cpuQuota: 5000 }, { cpuQuota: "update", cpuShares: "update" }],
    [{}, { mustRun: false, start: false }, { mustRun: "update", start: "update" }],
    [{}, { destroyGraceSeconds: 5, removeVolumes: false }, { destroyGraceSeconds: "update", removeVolumes: "update" }],
    [{}, { image: "j" }, { image: "replace" }],
    [{}, { cpus: "1" }, { cpus: "replace" }],
    [{ labels: [{ label: "a", value: "b" }] }, { labels: [{ label: "a", value: "c" }] }, { labels: "replace" }],
    [{ tmpfs: { "/a": "size=1m" } }, { tmpfs: { "/a": "size=2m" } }, { 'tmpfs["/a"]': "replace" }],
    [{}, { tmpfs: { "/run": "" } }, { 'tmpfs["/run"]': "replace" }],
    [{ logOpts: { tag: "" } }, { logOpts: { labels: "" } }, { "logOpts.labels": "replace", "logOpts.tag": "replace" }],
    [{ capabilities: { adds: ["A"] } }, { capabilities: { adds: ["A", "B"] } }, { "capabilities.adds": "replace" }],
    [{ command: ["a", "b"] }, { command: ["b", "a"] }, { command: "replace" }],
    [{ init: true }, {}, { init: "replace" }],
    [{}, { hostname: UNKNOWN }, { hostname: "replace" }],
    [{}, { envs: [UNKNOWN] }, { envs: "replace" }],
  ])("from %o to %o is %o", (before, after, changes) => expect(changesOf(before, after)).toEqual(changes));

  it.each([
    [
      "sets in another order",
      { envs: ["A=1", "B=2"], dns: ["1.1.1.1", "9.9.9.9"] },
      { envs: ["B=2", "A=1"], dns: ["9.9.9.9", "1.1.1.1"] },
    ],
    ["a set within", { capabilities: { adds: ["A", "B"] } }, { capabilities: { adds: ["B", "A"] } }],
    [
      "a list of objects in another order",
      {
        labels: [
          { label: "a", value: "1" },
          { label: "b", value: "2" },
        ],
      },
      {
        labels: [
          { value: "2", label: "b" },
          { value: "1", label: "a" },
        ],
      },
    ],
    ["nothing and as good as nothing", { user: "", dns: [], memory: 0, privileged: false, tmpfs: {} }, {}],
    ["a default that is given", {}, { networkMode: "bridge", start: true, ports: [] }],
    [
      "an object's default that is given",
      { ports: [{ internal: 1 }] },
      { ports: [{ internal: 1, ip: "0.0.0.0", protocol: "tcp" }] },
    ],
  ])("is none for %s", (_what, before, after) => expect(changesOf(before, after)).toEqual({}));

  it("is none for a state that an older plugin wrote, which had fewer defaults", () => {
    const inputs = { __defaults: ["name"], image: "i", name: "box-1234567" };
    const { changes } = differenceOf(container, { id: "x", inputs, outputs: {} }, checked({}, inputs));
    expect(changes).toEqual([]);
  });

  it.each([
    [{ memory: 64 }, { memory: 100 }, { memory: "update!" }],
    [{ memory: 64, memorySwap: 64 }, { memory: 64, memorySwap: -1 }, {}],
    [{ memory: 64, memorySwap: 64 }, { memory: 64, memorySwap: 128 }, { memorySwap: "update!" }],
    [{}, { mustRun: false }, { mustRun: "update!" }],
    [{ mustRun: false }, { mustRun: false }, {}],
    [{}, { restart: "always" }, { restart: "update!" }],
    [{}, { memory: 100, hostname: "other" }, {}],
  ])("of somebody else's: %o found as %o is %o", (inputs, outputs, changes) => {
    expect(changesOf(inputs, inputs, outputs)).toEqual(changes);
  });
});

describe("what goes first in a replacement", () => {
  const isFirst = (before: object, after: object) => {
    const inputs = checkInputs(volume, "data", { ...before }).inputs;
    const news = checkInputs(volume, "data", { ...after }, { olds: inputs }).inputs;
    return differenceOf(volume, { id: "x", inputs, outputs: {} }, news).deletesFirst;
  };

  it.each([
    [{ driver: "a" }, { driver: "b" }, false],
    [{ name: "n", driver: "a" }, { name: "n", driver: "b" }, true],
    [{ name: "n" }, { name: "m" }, false],
  ])("from %o to %o: the old one, %s", (before, after, first) => expect(isFirst(before, after)).toBe(first));

  it("is always the old container", () => {
    const inputs = checked({});
    expect(differenceOf(container, { id: "x", inputs, outputs: {} }, checked({ image: "j" })).deletesFirst).toBe(true);
  });
});

it("an image's changes", () => {
  const of = (before: object, after: object) => {
    const [inputs, news] = [before, after].map(
      (given) => checkInputs(remoteImage, "i", { name: "i:1", ...given }).inputs,
    );
    const { changes } = differenceOf(remoteImage, { id: "x", inputs: inputs as Values, outputs: {} }, news as Values);
    return changes.map(({ path, effect }) => `${path} ${effect}`);
  };
  expect(of({}, { keepLocally: true })).toEqual(["keepLocally update"]);
  expect(of({ triggers: { a: "1" } }, { triggers: { a: "2" } })).toEqual(["triggers.a replace"]);
  expect(of({}, { name: "i:2" })).toEqual(["name replace"]);
});
