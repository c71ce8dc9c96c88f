import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { stateDir } from "../../src/model/state-dir";
import { leftovers } from "../../src/provider";
import { UNKNOWN } from "../../src/provider/values";
import { entryPath } from "../../src/tiers/ledger/entry";
import { leakCheckEachTest } from "../support/leak-check";
import { until } from "../support/until";
import { Calls } from "../unit/provider/calls";
import {
  checked,
  declared,
  destroyAfterEach,
  destroyed,
  idOf,
  instance,
  instanceInputs,
  lease,
  owner,
  recordOf,
} from "./declared";

// The provider against real sandboxes, called as an engine calls it. Not proven: that an engine calls it so.

leakCheckEachTest();
destroyAfterEach();

const connect = (stack: { instance: { outputs: Readonly<Record<string, unknown>> } }) =>
  Sandbox.connect(stack.instance.outputs["connection"] as string);

it("an instance is made, is found unchanged, and goes with all that is its owner's", async () => {
  const stack = await declared({ limits: { processes: 64, memory: "256MiB" } });
  expect(stack.instance).toMatchObject({ id: stack.lease.id, outputs: { state: "running" } });
  expect(recordOf(stack)).toMatchObject({ owner: stack.owner.id, stack: "sandboxes/local", tier: "nspawn" });
  const sandbox = await connect(stack);
  expect((await sandbox.commands.run(["echo", "in"])).stdout).toBe("in\n");
  for (const [calls, state] of [
    [lease, stack.lease],
    [instance, stack.instance],
  ] as const) {
    const read = await calls.read(state);
    expect(read).toEqual(state);
    expect(await calls.diff(read, await checked(calls, state.inputs))).toMatchObject({ changes: "none" });
  }
  sandbox.disconnect();
  await destroyed(stack);
  expect(existsSync(entryPath(idOf(stack)))).toBe(false);
  expect(await leftovers(stack.owner.id)).toEqual([]);
  await destroyed(stack);
});

it("an end that somebody began is finished, and not read as running", async () => {
  const stack = await declared();
  // What a destroy leaves that is killed before its keeper has heard of it.
  writeFileSync(entryPath(idOf(stack), "ending"), "");
  const { outputs } = await instance.read(stack.instance);
  expect(outputs["state"]).toMatch(/^killed [0-9:]+$/);
  expect((await lease.read(stack.lease)).outputs["state"]).toBe(outputs["state"]);
  expect(recordOf(stack)).toMatchObject({ state: "ended", ended: { how: "killed" } });
});

it("preview makes and changes nothing", async () => {
  const stack = await declared();
  const entries = () => readdirSync(join(stateDir(), "sandboxes"));
  const before = entries();
  expect((await owner.create({}, { preview: true })).id).toBe("");
  const news = { ...stack.instance.inputs, lease: UNKNOWN, deadline: UNKNOWN };
  const made = await instance.create(news, { preview: true });
  expect(made).toMatchObject({ id: "", outputs: { connection: UNKNOWN, state: UNKNOWN } });
  await instance.update(stack.instance, { ...stack.instance.inputs, limits: { processes: 9 } }, { preview: true });
  await lease.update(stack.lease, { ...stack.lease.inputs, ttl: "2m" }, { preview: true });
  expect(entries()).toEqual(before);
  const sandbox = await connect(stack);
  const info = await sandbox.getInfo();
  expect(info.limits.processes).toBe(512);
  expect(info.endAt.toISOString()).toBe(stack.lease.outputs["deadline"]);
  sandbox.disconnect();
});

it("another ttl moves every deadline, of the same sandbox", async () => {
  const stack = await declared({ ttl: "1m" });
  const news = await checked(lease, { ...stack.lease.inputs, ttl: "1h" });
  expect(await lease.diff(stack.lease, news)).toMatchObject({ replaces: [], detail: { ttl: "update" } });
  const updated = await lease.update(stack.lease, news);
  const deadline = Date.parse(stack.lease.outputs["createdAt"] as string) + 3_600_000;
  expect(updated.outputs["deadline"]).toBe(new Date(deadline).toISOString());
  const sandbox = await connect(stack);
  expect((await sandbox.getInfo()).endAt.getTime()).toBe(deadline);
  expect(recordOf(stack)?.deadline).toBe(deadline);
  expect(
    await instance.diff(stack.instance, { ...stack.instance.inputs, deadline: updated.outputs["deadline"] }),
  ).toMatchObject({ changes: "none" });
  await sandbox.setTimeout("2h");
  sandbox.disconnect();
  const read = await lease.read(updated);
  expect(Date.parse(read.outputs["deadline"] as string)).toBeGreaterThan(deadline);
  expect(await lease.diff(read, news)).toMatchObject({ changes: "none" });
});

it("other limits bound what runs already", async () => {
  const stack = await declared({ limits: { processes: 200, memory: "256MiB" } });
  const sandbox = await connect(stack);
  const pid = (await sandbox.commands.run("sleep 1000 & wait", { background: true })).pid;
  const news = await checked(instance, {
    ...stack.instance.inputs,
    limits: { processes: 20, memory: "64MiB", cpus: 0.5 },
  });
  await instance.update(stack.instance, news);
  expect((await sandbox.commands.list()).map((command) => command.pid)).toEqual([pid]);
  expect((await sandbox.getInfo()).limits).toEqual({ processes: 20, memory: 64 << 20, cpus: 0.5, disk: undefined });
  const forks = await sandbox.commands.run("for i in $(seq 40); do sleep 5 & done; echo all", { reject: false });
  expect(forks.stdout).not.toContain("all");
  // Version 1 of cgroups counts sockets apart.
  const socketBound = () => {
    const folder = "/sys/fs/cgroup/memory/sandstack";
    const [own] = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`${idOf(stack)},`)) : [];
    return own === undefined
      ? undefined
      : Number(readFileSync(join(folder, own, "memory.kmem.tcp.limit_in_bytes"), "utf8"));
  };
  const bounded = socketBound();
  expect(bounded ?? 64 << 20).toBe(64 << 20);
  const raised = await checked(instance, { ...stack.instance.inputs, limits: { processes: 300 } });
  await instance.update({ ...stack.instance, inputs: news }, raised);
  if (bounded !== undefined) expect(socketBound()).toBeGreaterThan(1 << 30);
  const more = await sandbox.commands.run("for i in $(seq 100); do sleep 5 & done; echo all", { reject: false });
  expect(more.stdout).toContain("all");
  sandbox.disconnect();
});

it("environment and secrets are in every command, of every client, and nowhere on this machine", async () => {
  const token = `s3cret-${Math.random().toString(36).slice(2)}`;
  const stack = await declared({
    env: { MODE: "test" },
    secrets: { TOKEN: token },
    task: "echo $TOKEN | sha256sum > /tmp/hash; exec sleep 60",
  });
  const sandbox = await connect(stack);
  const shown = async () => (await sandbox.commands.run("echo $MODE $TOKEN")).stdout;
  expect(await shown()).toBe(`test ${token}\n`);
  const hash = createHash("sha256").update(`${token}\n`).digest("hex");
  await sandbox.commands.run("until test -s /tmp/hash; do sleep 0.02; done", { timeoutMs: 10_000 });
  expect(await sandbox.files.read("/tmp/hash")).toContain(hash);
  expect(filesWith(token, stateDir())).toEqual([]);
  expect(processesWith(token)).toEqual([]);
  const news = await checked(instance, { ...stack.instance.inputs, env: {}, secrets: { TOKEN: "other" } });
  await instance.update(stack.instance, news);
  expect(await shown()).toBe("other\n");
  sandbox.disconnect();
});

it("a task runs once, ends its sandbox, and its result stays until the instance is removed", async () => {
  const stack = await declared({ task: "echo done; exit 3", afterEnd: "leave" });
  await until("the end", 10_000, () => recordOf(stack)?.ended);
  const read = await instance.read(stack.instance);
  expect(read.outputs["state"]).toMatch(/^finished \d\d:\d\d, exit code 3$/);
  expect(await Sandbox.result(idOf(stack))).toMatchObject({ how: "finished", exitCode: 3, output: "done\n" });
  const leaseNow = await lease.read(stack.lease);
  expect(await lease.diff(leaseNow, stack.lease.inputs)).toMatchObject({ changes: "none" });
  expect(await instance.diff(read, read.inputs)).toMatchObject({ changes: "none" });
  const again = await instance.create(stack.instance.inputs);
  expect(again).toEqual({ ...stack.instance, outputs: read.outputs });
});

it.each([
  ["at its deadline", "1s", /^ended \d\d:\d\d, ttl 1s$/, () => Promise.resolve()],
  ["by a kill", "1m", /^killed \d\d:\d\d$/, async (id: string) => void (await Sandbox.kill(id))],
  [
    "by a kill -9 of its keeper",
    "1m",
    /^killed, its keeper is dead$/,
    (id: string) => {
      process.kill(Number(readFileSync(entryPath(id, "keeper"), "utf8").split(" ")[0]), "SIGKILL");
      return Promise.resolve();
    },
  ],
])("one that ended %s says so, and is replaced by a new lease's", async (_, ttl, reason, end) => {
  const stack = await declared({ ttl });
  await end(idOf(stack));
  await until("the end", 10_000, () => recordOf(stack)?.state !== "running" || undefined);
  const [leaseNow, instanceNow] = [await lease.read(stack.lease), await instance.read(stack.instance)];
  expect(instanceNow).toMatchObject({ id: idOf(stack), outputs: { state: expect.stringMatching(reason) as string } });
  expect((await lease.diff(leaseNow, stack.lease.inputs)).replaces).toEqual(["state"]);
  const news = { ...stack.instance.inputs, lease: UNKNOWN, createdAt: UNKNOWN, deadline: UNKNOWN };
  expect((await instance.diff(instanceNow, news)).replaces).toEqual(["lease", "state"]);
  const next = await declared({ ttl: "1m", owner: stack.owner.id });
  expect(next.instance.outputs["state"]).toBe("running");
  await instance.delete(instanceNow);
  await lease.delete(leaseNow);
  expect(existsSync(entryPath(idOf(stack)))).toBe(false);
  expect((await instance.read(next.instance)).outputs["state"]).toBe("running");
});

it("what the ledger has forgotten is said to be gone, and its lease is a new one's", async () => {
  const stack = await declared();
  await instance.delete(stack.instance);
  const [leaseNow, instanceNow] = [await lease.read(stack.lease), await instance.read(stack.instance)];
  expect(instanceNow.id).toBe(idOf(stack));
  expect(instanceNow.outputs["state"]).toBe("gone, there is no record of it on this machine");
  expect((await lease.diff(leaseNow, stack.lease.inputs)).replaces).toEqual(["state"]);
});

it("what can't be made leaves nothing", async () => {
  const stack = {
    owner: await owner.create({}),
    lease: await lease.create(await checked(lease, { ttl: "1m", afterEnd: "recreate", generation: "g" })),
  };
  const refused = async (inputs: object) => instance.create(await instanceInputs(stack, inputs));
  await expect(refused({ image: "sha256:none" })).rejects.toThrow(
    'image: the store of this machine has no "sha256:none".',
  );
  await expect(refused({ task: ["/no/such"] })).rejects.toThrow(/\/no\/such/);
  await expect(refused({ deadline: "2020-01-01T00:00:00.000Z" })).rejects.toThrow(
    /was over at 2020-01-01T00:00:00.000Z/,
  );
  expect(await leftovers(stack.owner.id)).toEqual([]);
  expect(existsSync(entryPath(stack.lease.id))).toBe(false);
});

it("an owner takes with it what only the ledger knows", async () => {
  const stack = await declared();
  const sandbox = await connect(stack);
  const { id } = await sandbox.createSnapshot({ keep: true });
  sandbox.disconnect();
  await owner.delete(stack.owner);
  expect(await leftovers(stack.owner.id)).toEqual([]);
  expect(existsSync(entryPath(idOf(stack)))).toBe(false);
  expect(existsSync(join(stateDir(), "snapshots", `${id}.json`))).toBe(false);
  expect(new Calls("sandstack:index:Owner").logs).toEqual([]);
});

/** Files below a folder that hold a text; the store's images have none of ours. */
function filesWith(text: string, folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesWith(text, path);
    return entry.isFile() && readFileSync(path).includes(text) ? [path] : [];
  });
}

/** Processes outside any sandbox that have a text in their arguments or environment. */
function processesWith(text: string): string[] {
  const own = readFileSync("/proc/self/cgroup", "utf8");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const inside =
          readFileSync(`/proc/${pid}/cgroup`, "utf8").includes("/sandstack/") && !own.includes("/sandstack/");
        const said = ["cmdline", ...(inside ? [] : ["environ"])].map((file) => readFileSync(`/proc/${pid}/${file}`));
        return said.some((bytes) => bytes.includes(text));
      } catch {
        return false;
      }
    });
}
