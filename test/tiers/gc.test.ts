import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { newRunOwner, newSandboxId, newSnapshotId } from "../../src/model/id";
import { runDir, statePath } from "../../src/model/state-dir";
import type { OwnedObject } from "../../src/model/tier";
import { collectGarbage, listSandboxes, orphans, owned, tierFor } from "../../src/tiers";
import { formatLabel } from "../../src/tiers/local/cgroup-label";
import { cgroupParents, cgroupTree } from "../../src/tiers/local/cgroup-tree";
import { leakCheckEachTest } from "../support/leak-check";
import { sleep, until } from "../support/until";
import { aSpec, makerOf } from "./making";

// What gc takes and what it leaves. That it alone keeps a deadline when all else hangs is shown in test/faults.

leakCheckEachTest();

const make = makerOf("chroot");
const keeperOf = (id: string) => Number(readFileSync(statePath("sandboxes", id, "keeper"), "utf8").split(" ")[0]);
async function killKeeper(id: string): Promise<void> {
  process.kill(keeperOf(id), "SIGKILL");
  const isDead = () => listSandboxes().sandboxes.find((record) => record.id === id && record.state === "dead");
  await until("the keeper's death", 10_000, isDead);
}
const mine = (objects: readonly OwnedObject[], sandbox: string) =>
  objects.filter((object) => object.sandbox === sandbox);
const kinds = (objects: readonly OwnedObject[]) => objects.map(({ kind }) => kind).sort();

describe("gc leaves alone", () => {
  it("what runs and is not overdue, whoever owns it", async () => {
    const made = [await make({ owner: "somebody" }), await make()];
    expect(await collectGarbage()).toEqual({ removed: [], problems: [] });
    for (const { sandbox } of made) expect((await sandbox.commands.run(["echo", "well"])).stdout).toBe("well\n");
  });

  it("sandboxes that are just being made", async () => {
    let making = true;
    const collecting = (async () => {
      const removed: OwnedObject[] = [];
      while (making) {
        const report = await collectGarbage();
        removed.push(...report.removed);
        expect(report.problems).toEqual([]);
        // gc with nothing to do waits for nothing: without this the makers would never get a turn.
        await sleep(1);
      }
      return removed;
    })();
    const made = await Promise.all(Array.from({ length: 10 }, () => make()));
    making = false;
    expect(await collecting).toEqual([]);
    for (const { sandbox } of made) expect((await sandbox.commands.run(["echo", "well"])).stdout).toBe("well\n");
  });

  it("what cannot be read, which it names, and goes on", async () => {
    const { spec } = await make();
    await killKeeper(spec.id);
    const broken = newSandboxId();
    mkdirSync(statePath("sandboxes", broken));
    const file = statePath("sandboxes", broken, "intent.json");
    writeFileSync(file, "{");
    try {
      const { removed, problems } = await collectGarbage();
      expect(mine(removed, spec.id)).toHaveLength(1);
      expect(problems).toMatchObject([{ code: "CORRUPT", message: expect.stringContaining(file) as string }]);
      expect(existsSync(file)).toBe(true);
      expect(listSandboxes().unreadable).toHaveLength(1);
    } finally {
      rmSync(statePath("sandboxes", broken), { recursive: true });
    }
  });
});

describe("gc removes", () => {
  it.each(["chroot", "nspawn"] as const)("%s: a sandbox whose keeper was killed", async (name) => {
    const spec = await aSpec();
    await tierFor(name).create(spec);
    await killKeeper(spec.id);
    expect((await orphans()).recordsWithoutSandbox).toMatchObject([{ id: spec.id }]);
    const dry = await collectGarbage({ dryRun: true });
    expect(owned(spec.owner)).not.toEqual([]);
    expect((await collectGarbage()).removed).toEqual(dry.removed);
    expect(dry.removed).toMatchObject([{ kind: "record", sandbox: spec.id, owner: spec.owner }]);
    expect(owned(spec.owner)).toEqual([]);
    expect(await tierFor(name).find(spec.id)).toMatchObject({ state: "ended", ended: { how: "lost" } });
    expect((await collectGarbage()).removed).toEqual([]);
  });

  it("what somebody began to end and did not", async () => {
    const { spec } = await make();
    writeFileSync(statePath("sandboxes", spec.id, "ending"), "");
    const dry = await collectGarbage({ dryRun: true });
    expect(dry.removed).toMatchObject([{ kind: "record", sandbox: spec.id, owner: spec.owner }]);
    expect((await collectGarbage()).removed).toEqual(dry.removed);
    expect(owned(spec.owner)).toEqual([]);
    expect(await tierFor("chroot").find(spec.id)).toMatchObject({ state: "ended", ended: { how: "killed" } });
  });

  it("what a maker left that died before its sandbox was written down", async () => {
    const id = newSandboxId();
    mkdirSync(statePath("sandboxes", id));
    symlinkSync(`../sandboxes/${id}`, statePath("names", "half-made"));
    symlinkSync(`../sandboxes/${id}`, statePath("uids", "4095"));
    expect(kinds((await collectGarbage()).removed)).toEqual(["record"]);
    for (const path of [
      ["sandboxes", id],
      ["names", "half-made"],
    ])
      expect(existsSync(statePath(...path))).toBe(false);
    expect(mine(owned(), id)).toEqual([]);
  });

  it("ended records that nobody declared, after a day", async () => {
    const [declared, undeclared, young] = [await make({ owner: "declared" }), await make(), await make()];
    const ids = [declared, undeclared, young].map(({ spec }) => spec.id);
    await Promise.all(ids.map((id) => tierFor("chroot").remove(id)));
    for (const id of ids.slice(0, 2)) {
      const file = statePath("sandboxes", id, "ended.json");
      const record = JSON.parse(readFileSync(file, "utf8")) as object;
      writeFileSync(file, JSON.stringify({ ...record, endedAt: Date.now() - 86_400_001 }));
    }
    expect((await collectGarbage()).removed).toMatchObject([{ kind: "record", sandbox: undeclared.spec.id }]);
    expect(ids.map((id) => existsSync(statePath("sandboxes", id)))).toEqual([true, false, true]);
  });
});

describe("a leftover planted by hand with our marks", () => {
  it("is listed as an orphan, and removed", async () => {
    const id = newSandboxId();
    const snapshot = newSnapshotId();
    const layer = statePath("layers", `${id}.0`);
    mkdirSync(join(layer, "refs"), { recursive: true });
    writeFileSync(join(layer, "refs", id), "");
    writeFileSync(join(runDir(), `${id}.sock`), "");
    symlinkSync(`../sandboxes/${id}`, statePath("uids", "4094"));
    symlinkSync(`../sandboxes/${id}`, statePath("names", "left"));
    const record = { id: snapshot, sandbox: id, createdAt: 1, description: "", keep: false, layers: [], shared: [] };
    writeFileSync(statePath("snapshots", `${snapshot}.json`), JSON.stringify(record));
    const planted = ["layer", "record", "snapshot", "socket", "uid range"];
    expect(kinds(mine((await orphans()).objectsWithoutRecord, id))).toEqual(planted);
    expect(kinds(mine((await collectGarbage({ dryRun: true })).removed, id))).toEqual(planted);
    expect(kinds(mine((await collectGarbage()).removed, id))).toEqual(planted);
    expect(mine(owned(), id)).toEqual([]);
  });

  it("a cgroup below each controller goes with its processes, but not before its deadline", async () => {
    const deadline = Date.now() + 2_000;
    const planted = cgroupParents(cgroupTree()).map((parent) => {
      const label = { id: newSandboxId(), owner: newRunOwner(), createdAt: Date.now(), deadline };
      const cgroup = join(parent, formatLabel(label));
      mkdirSync(join(cgroup, "payload"), { recursive: true });
      const process = spawn("sleep", ["1000"], { stdio: "ignore" });
      const ended = new Promise((resolve) => process.once("exit", (_, signal) => resolve(signal)));
      for (const folder of [parent, cgroup, join(cgroup, "payload")]) inheritProcessors(folder);
      writeFileSync(join(cgroup, "payload/cgroup.procs"), String(process.pid));
      return { ...label, cgroup, pid: String(process.pid), ended };
    });
    expect(planted.length).toBeGreaterThan(0);
    const { objectsWithoutRecord } = await orphans();
    for (const { id, owner, cgroup, pid } of planted) {
      expect(mine(objectsWithoutRecord, id)).toMatchObject([
        { kind: "process", where: pid, owner, deadline },
        { kind: "cgroup", where: cgroup, owner, deadline },
      ]);
    }
    expect((await collectGarbage()).removed).toEqual([]);
    await until("the deadline", 10_000, () => Date.now() > deadline + 800);
    const { removed } = await collectGarbage();
    for (const { id, cgroup, ended } of planted) {
      expect([cgroup, kinds(mine(removed, id))]).toEqual([cgroup, ["cgroup"]]);
      expect(await ended).toBe("SIGKILL");
      expect(existsSync(cgroup)).toBe(false);
    }
  });

  it("a layer that somebody uses stays", async () => {
    const { spec } = await make();
    const layer = statePath("layers", `${newSandboxId()}.0`);
    mkdirSync(join(layer, "refs"), { recursive: true });
    writeFileSync(join(layer, "refs", spec.id), "");
    expect((await collectGarbage()).removed).toEqual([]);
    await tierFor("chroot").remove(spec.id);
    expect(kinds((await collectGarbage()).removed)).toEqual(["layer"]);
    expect(existsSync(layer)).toBe(false);
  });
});

/** Gives a cgroup of version 1's cpuset what the one above it has: a new one has none, and takes no process. */
function inheritProcessors(folder: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const path = join(folder, file);
    if (existsSync(path)) writeFileSync(path, readFileSync(join(dirname(folder), file)));
  }
}
