import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Sandbox, type Snapshot } from "../../runtime";
import { newRunOwner } from "../../src/model/id";
import { statePath } from "../../src/model/state-dir";
import { collectGarbage, getSandbox, orphans, removeSnapshot, tierFor } from "../../src/tiers";
import { useOwnStore } from "../images/own-store";
import { sleep, until } from "../support/until";
import { LIST_INTERFACES } from "../tiers/making";
import { dockerScene } from "./docker-scene";

// Sandboxes in containers of a real engine: made, used, kept, brought back and ended. Not proven: Docker Desktop, newer
// engines than Debian's, and how well a container holds (test/docker/isolation.test.ts).

const scene = dockerScene();
const tier = tierFor("docker");
const run = { reject: false, timeoutMs: 30_000 } as const;

describe("a sandbox in a container", () => {
  it("lacks nothing where an engine answers", async () => expect(await tier.preflight()).toEqual([]));

  it("runs commands as its user in its home, with streams and exit code apart", async () => {
    const sandbox = await scene.make();
    expect(sandbox.connection).toMatchObject({
      tier: "docker",
      address: { kind: "docker", host: `unix://${scene.engine.socket}`, container: `sandstack-${sandbox.sandboxId}` },
    });
    const result = await sandbox.commands.run('pwd; echo "$HOME"; echo err >&2; exit 7', run);
    expect(result).toMatchObject({ stdout: "/home/agent\n/home/agent\n", stderr: "err\n", exitCode: 7 });
  });

  it("has no network, no capability and no root", async () => {
    const sandbox = await scene.make();
    expect((await sandbox.commands.run(LIST_INTERFACES)).stdout).toBe("['lo']\n");
    const { stdout } = await sandbox.commands.run("grep -E '^(Cap(Eff|Prm|Bnd)|NoNewPrivs)' /proc/self/status");
    expect(stdout).toBe(
      "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\n",
    );
    await expect(sandbox.commands.run(["id"], { user: "root" })).rejects.toMatchObject({ code: "USER_REFUSED" });
  });

  it("takes and gives files, which are its user's", async () => {
    const sandbox = await scene.make();
    await sandbox.files.write("/home/agent/new/a.txt", "hello");
    expect((await sandbox.commands.run("cat new/a.txt; echo more >> new/a.txt; [ -O new ] && echo mine")).stdout).toBe(
      "hellomine\n",
    );
    expect(await sandbox.files.read("/home/agent/new/a.txt")).toBe("hellomore\n");
    await expect(sandbox.commands.run("echo x > /usr/mine")).rejects.toMatchObject({ exitCode: 2 });
  });

  it("keeps to its limits of memory and processes, and can still be spoken to", async () => {
    const sandbox = await scene.make({ limits: { memory: "64MiB", processes: 20 } });
    const take = (mib: number) => ["python3", "-c", `x = b'x' * (${mib} << 20); print(len(x) >> 20)`];
    expect((await sandbox.commands.run(take(16), run)).stdout).toBe("16\n");
    expect((await sandbox.commands.run(take(128), run)).stdout).toBe("");
    await sandbox.commands.run("while :; do sleep 1000 & done 2>/dev/null", { background: true });
    await sleep(500);
    const [metrics] = await sandbox.getMetrics();
    expect(metrics?.processes).toBeGreaterThan(10);
    expect(metrics?.processes).toBeLessThanOrEqual(20 + 4);
  });

  it("is found by name and id, and by a connection that is all one needs", async () => {
    const sandbox = await scene.make({ name: "boxed" });
    const again = await Sandbox.connect("boxed");
    expect(again.sandboxId).toBe(sandbox.sandboxId);
    again.disconnect();
    expect((await Sandbox.list()).map(({ sandboxId }) => sandboxId)).toContain(sandbox.sandboxId);
    const owner = sandbox.connection.owner;
    const kinds = (await tier.owned(owner)).map(({ kind, sandbox: of }) => `${kind} ${of === sandbox.sandboxId}`);
    expect(kinds.sort()).toEqual([
      "container true",
      "record true",
      "record true",
      "volume true",
      "volume true",
      "volume true",
      "volume true",
    ]);
  });
});

describe("snapshots in volumes", () => {
  it("bring back what was changed, removed and added, in any order", async () => {
    const sandbox = await scene.make();
    const snapshots: Snapshot[] = [];
    for (const n of [1, 2]) {
      await sandbox.commands.run(
        `echo ${n} > n; mkdir d${n}; ln -s n l${n}; echo ${n} > /tmp/t; echo ${n} > /var/tmp/v`,
      );
      snapshots.push(await sandbox.createSnapshot());
    }
    await sandbox.commands.run("rm -rf n d1 l1 /tmp/t; echo x > n; echo new > new");
    for (const [n, listing] of [
      [2, "d1\nd2\nl1\nl2\nn\n"],
      [1, "d1\nl1\nn\n"],
    ] as const) {
      await sandbox.rollback(snapshots[n - 1] as Snapshot);
      expect((await sandbox.commands.run("cat n /tmp/t /var/tmp/v; ls; echo ok > n")).stdout).toBe(
        `${n}\n${n}\n${n}\n${listing}`,
      );
    }
  });

  it("end no command, and going back ends all", async () => {
    const sandbox = await scene.make();
    const counting = await sandbox.commands.run(
      "i=0; while :; do i=$((i+1)); echo $i > next; mv next count; sleep 0.01; done",
      {
        background: true,
      },
    );
    await until("the count", 10_000, () => sandbox.files.exists("/home/agent/count"));
    const kept = await sandbox.createSnapshot();
    const count = async () => Number(await sandbox.files.read("/home/agent/count"));
    const then = await count();
    await until("more", 10_000, async () => (await count()) > then);
    await sandbox.rollback(kept);
    await expect(counting.wait()).rejects.toMatchObject({ code: "ROLLED_BACK" });
    expect((await sandbox.commands.list()).length).toBe(0);
    expect(await count()).toBeLessThanOrEqual(then);
  });

  it("begin another sandbox, whose user owns the files, and one that is kept outlives the first", async () => {
    const first = await scene.make();
    await first.files.write("/home/agent/a", "from the first");
    await first.commands.run("echo mine > /tmp/mine");
    const kept = await first.createSnapshot({ keep: true });
    await first.kill();
    try {
      const second = await scene.make({ snapshot: kept.id });
      const { stdout } = await second.commands.run(
        "cat a; echo; echo more >> /tmp/mine; cat /tmp/mine; stat -c %u a /tmp/mine; id -u",
      );
      const [, ...rest] = stdout.split("\n");
      expect(stdout).toMatch(/^from the first\nmine\nmore\n/);
      expect(new Set(rest.slice(2, 5)).size).toBe(1);
      await expect(Sandbox.create({ tier: "nspawn", snapshot: kept.id })).rejects.toMatchObject({
        code: "UNSUPPORTED",
      });
    } finally {
      await removeSnapshot(kept.id);
    }
  });
});

describe("the end of a container's sandbox", () => {
  it("comes at its deadline, and is found out by whoever asks next", async () => {
    const sandbox = await scene.make({ ttl: "2s" });
    await sandbox.commands.run("trap '' TERM; sleep 1000", { background: true });
    expect(await sandbox.result()).toMatchObject({ how: "timed out", exitCode: null });
    await expect(sandbox.commands.run("true")).rejects.toMatchObject({ code: "ENDED" });
    expect(await scene.contents()).not.toContain(`container sandstack-${sandbox.sandboxId}`);
  });

  it("comes with its task's, whose result and output outlive it", async () => {
    const sandbox = await scene.make({ task: "echo working; echo gone >&2; exit 3" });
    const result = await sandbox.result();
    expect(result).toMatchObject({ how: "finished", exitCode: 3, output: "working\ngone\n", droppedBytes: 0 });
  });

  it("moves with setTimeout, in the ledger too", async () => {
    const sandbox = await scene.make({ ttl: "1m" });
    await sandbox.setTimeout("10m");
    const { deadline } = getSandbox(sandbox.sandboxId);
    expect(deadline).toBeGreaterThan(Date.now() + 500_000);
    expect((await sandbox.getInfo()).endAt.getTime()).toBe(deadline);
  });

  it("by kill leaves a record alone", async () => {
    const sandbox = await scene.make({ name: "short-lived" });
    await sandbox.commands.run("sleep 1000", { background: true });
    expect(await sandbox.kill()).toBe(true);
    expect(await Sandbox.kill(sandbox.connection)).toBe(false);
    expect(await tier.find(sandbox.sandboxId)).toMatchObject({ state: "ended", ended: { how: "killed" } });
    expect(await tier.owned(sandbox.connection.owner)).toEqual([]);
    expect(readdirSync(statePath("names"))).toEqual([]);
  });

  it("by somebody's `docker rm` is told, and what is left goes", async () => {
    const sandbox = await scene.make();
    await scene.docker("rm", "--force", `sandstack-${sandbox.sandboxId}`);
    await expect(sandbox.commands.run("true")).rejects.toMatchObject({ code: "ENDED" });
    const { state, ended } = (await tier.find(sandbox.sandboxId)) ?? {};
    expect([state, ended?.how]).toEqual(["ended", expect.stringMatching(/^(killed|lost)$/)]);
  });

  it("by somebody's `docker stop` is in order", async () => {
    const sandbox = await scene.make();
    await scene.docker("stop", `sandstack-${sandbox.sandboxId}`);
    expect(await sandbox.result()).toMatchObject({ how: "killed" });
  });
});

describe("what is refused, with nothing made:", () => {
  it.each([
    [{ limits: { disk: "1GiB" } }, "UNSUPPORTED", /limits\.disk/],
    [{ user: "root" }, "USER_REFUSED", /tier docker/],
    [{ network: "host" as const }, "UNSUPPORTED", /network/],
    [{ docker: { host: "ftp://x" } }, "INVALID_OPTION", /docker\.host: "ftp:\/\/x"/],
    [{ docker: { host: "unix:///nowhere/docker.sock" } }, "NO_ENGINE", /unix:\/\/\/nowhere\/docker\.sock \(ENOENT\)/],
    [{ docker: { host: "tcp://127.0.0.1:1" } }, "NO_ENGINE", /tcp:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\)/],
  ] as const)("%j", async (options, code, message) => {
    await expect(scene.make(options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it("a name that is taken", async () => {
    const first = await scene.make({ name: "mine" });
    await expect(scene.make({ name: "mine" })).rejects.toMatchObject({ code: "NAME_TAKEN" });
    expect((await first.commands.run(["echo", "well"])).stdout).toBe("well\n");
  });
});

describe("gc", () => {
  useOwnStore();

  /** As a client leaves them that has died, or that was on another machine. */
  async function plant(deadline: number): Promise<string> {
    const id = "sbx-0123456789ab";
    const marks = { kind: "home", owner: newRunOwner(), id, created: Date.now() - 60_000, deadline };
    const labels = Object.entries(marks).map(([name, value]) => `--label=sandstack.${name}=${value}`);
    return scene.docker("volume", "create", ...labels, `sandstack-${id}-home`);
  }

  it("finds by its labels what a stranger left, and removes it once its time is over", async () => {
    const volume = await plant(Date.now() + 60_000);
    expect((await orphans()).objectsWithoutRecord).toMatchObject([{ kind: "volume", where: volume }]);
    expect((await collectGarbage()).removed).toEqual([]);
    await scene.docker("volume", "rm", volume);
    await plant(Date.now() - 60_000);
    const { removed, problems } = await collectGarbage();
    expect({ removed, problems }).toMatchObject({ removed: [{ kind: "volume", where: volume }], problems: [] });
    expect(await scene.contents()).not.toContain(`volume ${volume}`);
  });
});
