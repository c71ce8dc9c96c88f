import { describe, expect, it } from "vitest";
import type { Values } from "../../../src/provider/values";
import { UNKNOWN } from "../../../src/provider/values";
import { Calls } from "./calls";

const TYPE = "sandstack:local:Instance";
const inputs = {
  tier: "nspawn",
  owner: "own-aaaaaaaaaaaa",
  lease: "sbx-aaaaaaaaaaaa",
  createdAt: "2026-05-03T12:00:00.000Z",
  deadline: "2026-05-03T12:15:00.000Z",
  image: "sha256:d1",
  afterEnd: "recreate",
  limits: { memory: 1 << 29, processes: 64 },
  env: { A: "1" },
  secrets: { TOKEN: "t" },
};
const state = (outputs: Values) => ({ id: inputs.lease, inputs, outputs: { connection: "{}", ...outputs } });
const SIZE = 'limits.memory takes a size above zero such as "512MiB" or "2GiB", or bytes as a number.';

describe("an instance's inputs", () => {
  it("are parsed into one form, and its secrets are secret", async () => {
    const {
      inputs: checked,
      secrets,
      failures,
    } = await new Calls(TYPE).check({
      ...inputs,
      limits: { memory: "512MiB", processes: 64 },
    });
    expect(failures).toEqual({});
    expect(checked).toEqual(inputs);
    expect(secrets).toEqual(["secrets"]);
  });

  it.each<[string, Values, string, string]>([
    ["a memory lots", { limits: { memory: "lots" } }, "limits.memory", `limits.memory: "lots" is not valid. ${SIZE}`],
    [
      "an unknown limit",
      { limits: { ram: 1 } },
      "limits.ram",
      "limits.ram: there is no such option. There are: limits.cpus, limits.memory, limits.processes, limits.disk.",
    ],
    [
      "root on chroot",
      { tier: "chroot", user: "root" },
      "user",
      'user: "root" is refused on tier chroot. Without a user namespace root is the machine\'s own. The nearest tier with a root inside is nspawn.',
    ],
    [
      "the host's network on nspawn",
      { network: "host" },
      "network",
      'network: "host" is refused on tier nspawn. The tier that has it is chroot, and it is open then.',
    ],
    ["an unknown tier", { tier: "vm" }, "tier", 'tier: "vm" is not valid. tier takes one of chroot, nspawn, docker.'],
    [
      "an empty task",
      { task: [] },
      "task",
      "task: [] is not valid. task takes a line for the shell, or an array of at least one string.",
    ],
    [
      "a name with =",
      { env: { "A=B": "1" } },
      "env",
      'env: "A=B" is no name of a variable. env takes names and values such as { LANG: "C.UTF-8" }.',
    ],
    [
      "a secret that is no string",
      { secrets: { A: 1 } },
      "secrets",
      'secrets: "A" is a number, not a string. secrets takes names and values such as { LANG: "C.UTF-8" }.',
    ],
    [
      "one name twice",
      { secrets: { A: "x" } },
      "secrets",
      'secrets: "A" is not valid. secrets takes names that are not in env, too.',
    ],
    [
      "a group that there is not",
      { group: "no-such-group" },
      "group",
      'group: "no-such-group" is not a group of this machine. group takes a name from /etc/group; `sudo groupadd no-such-group` makes one.',
    ],
    ["no tier", { tier: undefined }, "tier", "tier is missing. It takes the host's."],
  ])("refuse %s", async (_, given, property, reason) => {
    expect((await new Calls(TYPE).check({ ...inputs, ...given })).failures).toEqual({ [property]: reason });
  });

  it("are no failure while they are not known", async () => {
    const later = {
      ...inputs,
      lease: UNKNOWN,
      image: UNKNOWN,
      user: UNKNOWN,
      limits: { memory: UNKNOWN },
      task: [UNKNOWN],
    };
    expect((await new Calls(TYPE).check(later)).failures).toEqual({});
  });
});

describe("an instance that runs", () => {
  it.each<[string, Values, string[], Record<string, string>]>([
    ["nothing", {}, [], {}],
    ["its deadline, which is its lease's", { deadline: UNKNOWN, createdAt: UNKNOWN }, [], {}],
    ["its lease", { lease: UNKNOWN }, ["lease"], { lease: "update-replace" }],
    ["its image", { image: "sha256:d2" }, ["image"], { image: "update-replace" }],
    ["a limit", { limits: { memory: 1 << 28, processes: 64 } }, [], { "limits.memory": "update" }],
    ["a limit that is gone", { limits: { processes: 64 } }, [], { "limits.memory": "delete" }],
    ["its disk", { limits: { ...inputs.limits, disk: 1 << 30 } }, ["limits"], { "limits.disk": "add-replace" }],
    ["its environment", { env: { A: "2", B: "1" } }, [], { "env.A": "update", "env.B": "add" }],
    ["a secret", { secrets: {} }, [], { "secrets.TOKEN": "delete" }],
    ["a task", { task: ["true"] }, ["task"], { task: "add-replace" }],
    ["a user", { user: "root" }, ["user"], { user: "add-replace" }],
    ["what is done after its end", { afterEnd: "leave" }, [], { afterEnd: "update" }],
  ])("sees a change of %s", async (_, fresh, replaces, detail) => {
    const changes = Object.keys(detail).length === 0 ? "none" : "some";
    const found = await new Calls(TYPE).diff(state({ state: "running" }), { ...inputs, ...fresh });
    expect(found).toEqual({ changes, replaces, detail });
  });
});

describe("an instance that has ended", () => {
  const ended = state({ state: "ended 12:15, ttl 15m" });

  it("is replaced with the lease, and says why, once", async () => {
    const calls = new Calls(TYPE);
    const news = { ...inputs, lease: UNKNOWN };
    await calls.check(news);
    for (let i = 0; i < 2; i++) {
      expect(await calls.diff(ended, news)).toEqual({
        changes: "some",
        replaces: ["lease", "state"],
        detail: { lease: "update-replace", state: "update-replace!" },
      });
    }
    expect(calls.logs).toEqual([`info ${calls.urn}: ended 12:15, ttl 15m; made anew (afterEnd: "recreate")`]);
  });

  it("says nothing to who only refreshes", async () => {
    const calls = new Calls(TYPE);
    await calls.diff(ended, { ...inputs, lease: UNKNOWN });
    expect(calls.logs).toEqual([]);
  });

  it("is no change where it is to be left, whatever can be updated, and says why", async () => {
    const calls = new Calls(TYPE);
    const news = { ...inputs, afterEnd: "leave", env: {}, limits: {} };
    await calls.check(news);
    expect(await calls.diff(ended, news)).toEqual({ changes: "none", replaces: [], detail: {} });
    expect(calls.logs).toEqual([`info ${calls.urn}: ended 12:15, ttl 15m; left as it is (afterEnd: "leave")`]);
  });

  it("is replaced where it is to be left, but made from something else", async () => {
    const found = await new Calls(TYPE).diff(ended, { ...inputs, afterEnd: "leave", image: "sha256:d2" });
    expect(found).toEqual({ changes: "some", replaces: ["image"], detail: { image: "update-replace" } });
  });

  it("waits for the next time where its lease was still seen as good", async () => {
    expect(await new Calls(TYPE).diff(ended, inputs)).toMatchObject({ changes: "none" });
  });
});

it("is made only of what an engine knows: an import and a foreign type are refused", async () => {
  const nothing = { id: "sbx-aaaaaaaaaaaa", inputs: {}, outputs: {} };
  await expect(new Calls(TYPE).read(nothing)).rejects.toThrow(
    'sandstack:local:Instance "sbx-aaaaaaaaaaaa" can\'t be imported. Declare it, and let `up` make it.',
  );
  await expect(new Calls("sandstack:local:Volume").check({})).rejects.toMatchObject({
    code: 2,
    message: 'The provider sandstack has no resource "sandstack:local:Volume".',
  });
});
