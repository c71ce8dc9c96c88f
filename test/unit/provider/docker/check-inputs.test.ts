import { describe, expect, it } from "vitest";
import { checkInputs } from "../../../../src/provider/docker/check-inputs";
import { declaration as container } from "../../../../src/provider/docker/container/declaration";
import { network } from "../../../../src/provider/docker/network";
import { remoteImage } from "../../../../src/provider/docker/remote-image";
import { volume } from "../../../../src/provider/docker/volume";
import { UNKNOWN } from "../../../../src/provider/values";

const failuresOf = (inputs: object) => {
  const { failures } = checkInputs(container, "box", { image: "i", ...inputs });
  return failures.map(({ property, reason }) => `${property}: ${reason}`);
};

describe("what is given", () => {
  it("is kept with the plugin's defaults and a list of them", () => {
    const given = {
      image: "i",
      labels: [{ label: "a", value: "b" }],
      ports: [{ internal: 80, ip: "::" }],
      start: false,
    };
    expect(checkInputs(container, "box", { ...given, name: "n" }).inputs).toEqual({
      __defaults: [
        ...["attach", "containerReadRefreshTimeoutMilliseconds", "logs", "memoryReservation", "mustRun", "networkMode"],
        ...["readOnly", "removeVolumes", "restart", "rm", "stdinOpen", "tty", "wait", "waitTimeout"],
      ],
      name: "n",
      image: "i",
      start: false,
      labels: [{ __defaults: [], label: "a", value: "b" }],
      ports: [{ __defaults: ["protocol"], internal: 80, ip: "::", protocol: "tcp" }],
      attach: false,
      containerReadRefreshTimeoutMilliseconds: 15000,
      logs: false,
      memoryReservation: 0,
      mustRun: true,
      networkMode: "bridge",
      readOnly: false,
      removeVolumes: true,
      restart: "no",
      rm: false,
      stdinOpen: false,
      tty: false,
      wait: false,
      waitTimeout: 60,
    });
    expect(checkInputs(network, "net", { name: "n" }).inputs).toEqual({
      __defaults: ["ipamDriver"],
      name: "n",
      ipamDriver: "default",
    });
    expect(checkInputs(remoteImage, "image", { name: "i:1" }).inputs).toEqual({
      __defaults: ["platform"],
      name: "i:1",
      platform: "",
    });
  });

  it("within lists of lists is marked too", () => {
    const mounts = [{ type: "volume", target: "/a", volumeOptions: { labels: [{ label: "a", value: "b" }] } }];
    expect(checkInputs(container, "box", { image: "i", mounts }).inputs["mounts"]).toEqual([
      {
        __defaults: [],
        type: "volume",
        target: "/a",
        volumeOptions: { __defaults: [], labels: [{ __defaults: [], label: "a", value: "b" }] },
      },
    ]);
  });

  it.each([
    [{ colour: "blue" }, "colour: is not known"],
    [{ labels: [{ label: "a", value: "b", more: 1 }] }, "labels[0].more: is not known"],
    [{ memory: "64" }, 'memory: takes a whole number, not "64"'],
    [{ memory: 1.5 }, "memory: takes a whole number, not 1.5"],
    [{ memory: -1 }, "memory: takes 0 or more, not -1"],
    [{ memorySwap: -2 }, "memorySwap: takes -1 or more, not -2"],
    [{ envs: "A=1" }, 'envs: takes a list of texts, not "A=1"'],
    [{ envs: [1] }, "envs: takes a list of texts, not [1]"],
    [{ tmpfs: { "/a": 1 } }, 'tmpfs: takes an object of texts, not {"/a":1}'],
    [{ labels: {} }, "labels: takes a list, not {}"],
    [{ capabilities: [] }, "capabilities: takes an object, not []"],
    [{ readOnly: "yes" }, 'readOnly: takes true or false, not "yes"'],
    [{ restart: "sometimes" }, 'restart: takes one of no, on-failure, always, unless-stopped, not "sometimes"'],
    [{ cpus: "many" }, 'cpus: takes a number of processors such as 1.5, not "many"'],
    [{ cpuSet: "a" }, 'cpuSet: takes processors such as 0-1 or 0,2, not "a"'],
    [{ command: ["a", ""] }, "command: has an empty word"],
    [{ mounts: [{ type: "npipe", target: "/a" }] }, 'mounts: takes one of bind, volume, tmpfs, not "npipe"'],
    [{ volumes: [{ hostPath: "/a" }] }, "volumes: needs containerPath or fromContainer"],
    [
      { volumes: [{ fromContainer: "a", containerPath: "/a" }] },
      "volumes: takes containerPath or fromContainer, not both",
    ],
    [{ image: null }, "image: is missing"],
    [{ image: "" }, "image: is missing"],
  ])("%j is refused by its name", (inputs, failure) => expect(failuresOf(inputs)).toEqual([failure]));

  it.each(Object.keys(container.refused))("%s is refused, and not ignored", (name) => {
    const type = container.shape.inputs[name] as string | { list?: object };
    const values: Record<string, unknown> = { boolean: true, string: "x", strings: ["x"], map: { a: "b" } };
    const value = typeof type === "string" ? values[type] : "list" in type ? [{}] : { retries: 1 };
    expect(failuresOf({ [name]: value })).toEqual([
      expect.stringMatching(`^${name}: is not covered where the docker plugin is not installed\\. .+`),
    ]);
  });

  it.each([
    [{ attach: false }],
    [{ gpus: "" }],
    [{ uploads: [] }],
    [{ memory: UNKNOWN, envs: [UNKNOWN], labels: [{ label: "a", value: UNKNOWN }], restart: UNKNOWN }],
    [{ memory: null }],
  ])("%o asks for nothing that is not there", (inputs) => expect(failuresOf(inputs)).toEqual([]));

  it("of other types is refused too", () => {
    expect(checkInputs(volume, "v", { cluster: { scope: "single" } }).failures).toHaveLength(1);
    expect(checkInputs(remoteImage, "i", { name: "i", build: { context: "." } }).failures).toHaveLength(1);
    expect(checkInputs(remoteImage, "i", {}).failures).toEqual([{ property: "name", reason: "is missing" }]);
  });
});

describe("a name that is not given", () => {
  const nameOf = (before?: object) => checkInputs(volume, "data", {}, before).inputs;

  it("is made of the resource's own", () => {
    expect(nameOf()).toEqual({ __defaults: ["name"], name: expect.stringMatching(/^data-[0-9a-f]{7}$/) as string });
    expect(nameOf()["name"]).not.toBe(nameOf()["name"]);
  });

  it("stays, and is what a create that was cut off had begun with", () => {
    const own = { __defaults: ["name"], name: "data-1234567" };
    expect(nameOf({ olds: own })["name"]).toBe("data-1234567");
    expect(nameOf({ interrupted: own })["name"]).toBe("data-1234567");
    expect(nameOf({ olds: { __defaults: [], name: "given" } })["name"]).not.toBe("given");
  });

  it("is needed by no image", () => expect(checkInputs(container, "box", { image: "i" }).failures).toEqual([]));
});
