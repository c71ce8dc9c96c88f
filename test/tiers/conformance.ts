import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../runtime";
import { newSandboxId } from "../../src/model/id";
import { statePath } from "../../src/model/state-dir";
import type { TierName } from "../../src/model/tier";
import { resolveSnapshot, tierFor } from "../../src/tiers";
import { until } from "../support/until";
import { treesEnd } from "./command-trees";
import { keepsHolesOf } from "./holes";
import { makerOf } from "./making";
import { copiesTreesOf } from "./trees";

/**
 * What every tier must do, whatever it is made of. Not proven here: how well it holds (test/isolation), and what happens
 * when parts of it die (test/faults).
 */
export function conformanceOf(name: TierName): void {
  const tier = tierFor(name);
  const make = makerOf(name);
  const hasProc = name !== "chroot";

  it("lacks nothing on this machine", async () => expect(await tier.preflight()).toEqual([]));

  describe("a sandbox", () => {
    it("is there once it is made, and its first command runs", async () => {
      const { spec, connection, sandbox } = await make();
      expect(connection).toMatchObject({ version: 1, tier: name, id: spec.id, owner: spec.owner });
      expect((await sandbox.commands.run(["echo", "first"])).stdout).toBe("first\n");
    });

    it("keeps a command's streams and its exit code apart", async () => {
      const { sandbox } = await make();
      const result = await sandbox.commands.run("echo out; echo err >&2; exit 7", { reject: false });
      expect(result).toMatchObject({ stdout: "out\n", stderr: "err\n", exitCode: 7 });
    });

    if (hasProc) opensStreamsByName(name);

    it("runs commands as its user, who owns what they write", async () => {
      const { sandbox } = await make();
      const { stdout } = await sandbox.commands.run("id -u; id -g; pwd; touch a; stat -c '%u %g' a");
      const [uid, gid, cwd, owner] = stdout.split("\n");
      expect(Number(uid)).toBeGreaterThan(0);
      expect([cwd, owner]).toEqual(["/home/agent", `${uid} ${gid}`]);
    });

    it("takes and gives files", async () => {
      const { sandbox } = await make();
      await sandbox.files.write("/home/agent/new/a.txt", "hello");
      expect((await sandbox.commands.run(["cat", "new/a.txt"])).stdout).toBe("hello");
      await sandbox.commands.run("echo back > b.txt");
      expect(await sandbox.files.read("/home/agent/b.txt")).toBe("back\n");
    });
  });

  describe("limits", () => {
    const run = { reject: false, timeoutMs: 20_000 } as const;

    it("of memory hold, swap included", async () => {
      const { sandbox } = await make({ limits: { processes: 64, memory: 64 << 20 } });
      const take = (mib: number) => ["python3", "-c", `x = b'x' * (${mib} << 20); print(len(x) >> 20)`];
      expect((await sandbox.commands.run(take(16), run)).stdout).toBe("16\n");
      expect((await sandbox.commands.run(take(128), run)).stdout).toBe("");
      expect((await sandbox.commands.run(["echo", "alive"], run)).stdout).toBe("alive\n");
    });

    it("of processors hold", async () => {
      const { sandbox } = await make({ limits: { processes: 64, cpus: 0.25 } });
      const { stdout } = await sandbox.commands.run(
        ["python3", "-c", "import time\ne = time.time() + 1\nwhile time.time() < e: pass\nprint(time.process_time())"],
        run,
      );
      expect(Number(stdout)).toBeLessThan(0.5);
      expect(Number(stdout)).toBeGreaterThan(0.1);
    });
  });

  describe("snapshots", () => {
    it("bring back what was changed, removed and added", async () => {
      const { sandbox } = await make();
      await sandbox.commands.run("echo one > a; echo keep > b; mkdir d; ln -s a l; echo x > /tmp/t");
      const before = await sandbox.createSnapshot();
      await sandbox.commands.run(
        "echo two > a; rm -r b d l; echo new > c; rm /tmp/t; rm -rf /usr/share 2>/dev/null; true",
      );
      await sandbox.rollback(before);
      const { stdout } = await sandbox.commands.run("cat a b; ls; readlink l; cat /tmp/t");
      expect(stdout).toBe("one\nkeep\na\nb\nd\nl\na\nx\n");
    });

    it("are there to go back to again and again, in any order", async () => {
      const { sandbox } = await make();
      const snapshots: Snapshot[] = [];
      for (const n of [1, 2, 3]) {
        await sandbox.files.write("/home/agent/n", String(n));
        snapshots.push(await sandbox.createSnapshot());
      }
      for (const n of [1, 3, 2, 2]) {
        await sandbox.rollback(snapshots[n - 1] as Snapshot);
        expect(await sandbox.files.read("/home/agent/n")).toBe(String(n));
      }
    });

    it("of a sandbox begin another, which outlives the first and changes nothing of it", async () => {
      const first = await make();
      await first.sandbox.files.write("/home/agent/a", "from the first");
      const snapshot = await first.sandbox.createSnapshot();
      const second = await make(resolveSnapshot(snapshot.id, name));
      await second.sandbox.files.write("/home/agent/b", "from the second");
      expect(await first.sandbox.files.exists("/home/agent/b")).toBe(false);
      await tier.remove(first.spec.id);
      expect(await second.sandbox.files.read("/home/agent/a")).toBe("from the first");
      expect(() => resolveSnapshot(snapshot.id, name)).toThrow(expect.objectContaining({ code: "NO_SUCH_SNAPSHOT" }));
    });
  });

  describe("copies of directories", () => copiesTreesOf(name));

  describe("arguments", () => {
    it("and variables of 131,071 bytes, 1 MiB together, arrive; one byte more is refused with the limit", async () => {
      const { sandbox } = await make();
      const most = "x".repeat(131_071);
      const count = 'printf "%s " $# ${#1} ${#A}; for a; do printf %s "$a"; done | wc -c';
      const argv = ["sh", "-c", count, "sh", ...Array<string>(8).fill(most)];
      const { stdout } = await sandbox.commands.run(argv, { envs: { A: "y".repeat(131_069) } });
      expect(stdout).toBe(`8 131071 131069 ${8 * 131_071}\n`);
      const script = `: ${"#".repeat(100_000)}\necho read to its end`;
      expect((await sandbox.commands.run(script)).stdout).toBe("read to its end\n");
      await expect(sandbox.commands.run(["true", `${most}x`])).rejects.toMatchObject({
        code: "LIMIT",
        message: "cmd[1]: 131072 bytes are more than the 131071 that Linux takes.",
      });
    });

    it("that are no UTF-8 arrive as they are, and so do variables, directories and names of files", async () => {
      const { sandbox } = await make();
      await sandbox.files.write("/tmp/caf\udce9/\udcff", "read");
      const seen = 'printf %s "$1 $A $PWD" | od -An -tx1 | tr -d " \\n"; cat ./*';
      const { stdout } = await sandbox.commands.run(["sh", "-c", seen, "sh", "\udcff"], {
        ...{ cwd: "/tmp/caf\udce9", envs: { A: "b\udc80" } },
      });
      expect(stdout).toBe(`${Buffer.from("\xff b\x80 /tmp/caf\xe9", "latin1").toString("hex")}read`);
      const [entry] = await sandbox.files.list("/tmp/caf\udce9");
      expect(await sandbox.files.read(entry?.path ?? "")).toBe("read");
    });
  });

  describe("trees", () => treesEnd(name));

  describe("files of 8 TiB with holes", () => keepsHolesOf(name));

  describe("the end", () => {
    it("comes by itself at the deadline, and its record tells how", async () => {
      const { spec } = await make({ deadline: Date.now() + 1_500 });
      await until("the end", 10_000, async () => (await tier.find(spec.id))?.state === "ended");
      expect(Date.now()).toBeGreaterThanOrEqual(spec.deadline);
      expect(await tier.find(spec.id)).toMatchObject({ state: "ended", ended: { how: "timed out", task: false } });
    });

    it("by remove leaves nothing of it but a record", async () => {
      const { spec, sandbox } = await make({ name: "short-lived" });
      await sandbox.commands.run("sleep 1000", { background: true });
      await tier.remove(spec.id);
      expect(await tier.owned(spec.owner)).toEqual([]);
      expect(await tier.find(spec.id)).toMatchObject({ state: "ended", ended: { how: "killed" } });
      expect(readdirSync(statePath("names"))).toEqual([]);
    });

    it("of what has ended, or never was, is no error", async () => {
      const { spec } = await make();
      await Promise.all([tier.remove(spec.id), tier.remove(spec.id)]);
      await tier.remove(spec.id);
      await tier.remove(newSandboxId());
    });
  });

  describe("what is there", () => {
    it("is found by id and by name, by its own tier only", async () => {
      const { spec } = await make({ name: "agent-1", stack: "p/s" });
      const record = await tier.find("agent-1");
      expect(record).toMatchObject({ id: spec.id, name: "agent-1", stack: "p/s", state: "running", tier: name });
      expect(record?.deadline).toBe(spec.deadline);
      expect(await tier.find(spec.id)).toEqual(record);
      expect(await tier.find("nobody")).toBeUndefined();
      expect(await tierFor(name === "chroot" ? "nspawn" : "chroot").find(spec.id)).toBeUndefined();
    });
  });

  describe("a create that fails leaves nothing:", () => {
    it("the name is taken", async () => {
      const { spec } = await make({ name: "mine" });
      await expect(make({ name: "mine" })).rejects.toMatchObject({
        code: "NAME_TAKEN",
        message: expect.stringContaining(spec.id) as string,
      });
    });

    it("the id is there already, whose sandbox is unharmed", async () => {
      const { spec, sandbox } = await make();
      await expect(tier.create(spec)).rejects.toMatchObject({ code: "EXISTS" });
      expect((await sandbox.commands.run(["echo", "well"])).stdout).toBe("well\n");
    });
  });
}

/** Holds what programs look for in /proc; chroot has none. */
function opensStreamsByName(name: TierName): void {
  const make = makerOf(name);

  it("lets a command open its own streams by name, whoever it runs as", async () => {
    const { sandbox } = await make();
    const script =
      "cat /dev/stdin; echo out > /dev/stdout; echo err > /dev/stderr; echo both | tee /dev/stderr; ls -l /dev/fd/0 > /dev/null";
    const expected = { stdout: "in\nout\nboth\n", stderr: "err\nboth\n", exitCode: 0 };
    for (const user of name === "nspawn" ? ["agent", "root", "1234"] : ["agent"]) {
      expect(await sandbox.commands.run(script, { user, stdin: "in\n", reject: false })).toMatchObject(expected);
    }
  });

  it("lets a program in a terminal open that by its streams' names", async () => {
    const { sandbox } = await make();
    let shown = "";
    const cmd = "for s in stdin stdout stderr; do echo x$s > /dev/$s; done";
    const onData = (bytes: Uint8Array) => void (shown += Buffer.from(bytes).toString());
    expect(await (await sandbox.pty.create({ cols: 80, rows: 24, cmd, onData })).wait()).toMatchObject({
      exitCode: 0,
    });
    expect(shown.match(/^x\w+/gm)).toEqual(["xstdin", "xstdout", "xstderr"]);
  });

  it("has a table of its own mounts, as long after a snapshot and a way back as before", async () => {
    const { sandbox } = await make();
    const script =
      "cut -d' ' -f5 /proc/self/mountinfo; df --output=target,fstype /; mountpoint /; mountpoint /usr; true";
    const before = await sandbox.commands.run(script);
    expect(before).toMatchObject({ stderr: "", exitCode: 0 });
    expect(before.stdout).toContain("\n/          overlay\n/ is a mountpoint\n/usr is not a mountpoint\n");
    expect(before.stdout).toMatch(/^\/sys\/fs\/cgroup/m);
    expect(before.stdout.split("\n")).toEqual(expect.arrayContaining(["/", "/proc", "/dev", "/dev/shm"]));
    const snapshot = await sandbox.createSnapshot();
    expect((await sandbox.commands.run(script)).stdout).toBe(before.stdout);
    await sandbox.rollback(snapshot);
    expect((await sandbox.commands.run(script)).stdout).toBe(before.stdout);
  });
}
