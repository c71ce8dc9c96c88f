import { spawn } from "node:child_process";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newRunOwner, newSandboxId } from "../../src/model/id";
import { statePath } from "../../src/model/state-dir";
import { collectGarbage, orphans, tierFor } from "../../src/tiers";
import { ledgerId, readLedgerId } from "../../src/tiers/ledger/ledger-id";
import { dropLedger, listLedgers } from "../../src/tiers/ledger/ledger-index";
import { machinePath } from "../../src/tiers/ledger/machine-place";
import { firstSlot, slotBase } from "../../src/tiers/ledger/uid-range";
import { formatLabel, type CgroupLabel } from "../../src/tiers/local/cgroup-label";
import { cgroupTree } from "../../src/tiers/local/cgroup-tree";
import { sandstack } from "../cli/cli";
import { leakCheckEachTest } from "../support/leak-check";
import { StatePlace } from "../support/state-place";
import { until } from "../support/until";
import { aSpec, makerOf } from "./making";

// Two state directories on one machine: neither touches what the other holds. Not proven: random interleavings
// (test/faults/several-states.test.ts), engines (test/docker/several-states.test.ts).

leakCheckEachTest();

const make = makerOf("chroot");
const DAY = 86_400_000;
let other: StatePlace;
beforeEach(() => (other = new StatePlace()));
afterEach(() => other[Symbol.dispose]());

const gcElsewhere = (...args: string[]) => sandstack(["gc", ...args], { env: other.env });

describe("gc of another state directory", () => {
  it("leaves a sandbox its socket, and does not list it as an orphan", async () => {
    const { spec } = await make();
    const { stdout } = await gcElsewhere("--orphans");
    expect(stdout).not.toContain(spec.id);
    expect(await gcElsewhere()).toMatchObject({ code: 0, stderr: "" });
    expect(await sandstack(["exec", spec.id, "--", "echo", "well"])).toMatchObject({ code: 0, stdout: "well\n" });
  });

  it("leaves one whose deadline was moved, though its cgroup still tells the first", async () => {
    const deadline = Date.now() + 2_000;
    const { sandbox } = await make({ deadline, ttlMs: 2_000 });
    await sandbox.setTimeout("60s");
    await until("the first deadline", 10_000, () => Date.now() > deadline + 1_000);
    expect(await gcElsewhere()).toMatchObject({ code: 0, stdout: "There is nothing to remove.\n" });
    expect((await sandbox.commands.run(["echo", "well"])).stdout).toBe("well\n");
  });

  it("leaves what a dead keeper has left until its time is over, and takes it then", async () => {
    const { spec } = await make();
    const keeper = () => Number(readFileSync(statePath("sandboxes", spec.id, "keeper"), "utf8").split(" ")[0]);
    process.kill(keeper(), "SIGKILL");
    await until("its death", 10_000, async () => (await orphans()).recordsWithoutSandbox.length > 0);
    expect((await other.within(() => collectGarbage())).removed).toEqual([]);
    writeFileSync(statePath("sandboxes", spec.id, "deadline"), String(Date.now() - 10_000));
    const kinds = async () => {
      const { removed } = await other.within(() => collectGarbage());
      expect(removed.every(({ sandbox }) => sandbox === spec.id)).toBe(true);
      return [...new Set(removed.map(({ kind }) => kind))];
    };
    // Nobody gets its ids while anything may run under them.
    expect([await kinds(), await kinds(), await kinds()]).toEqual([["cgroup", "socket"], ["uid range"], []]);
    // Records that lie in its state directory are for its own gc.
    expect((await collectGarbage()).removed).toMatchObject([{ kind: "record", sandbox: spec.id }]);
  });
});

/** A cgroup as a sandbox's whose record is nowhere, and a process in its place of the keeper. */
function plant(change: Partial<CgroupLabel> = {}) {
  const label = { id: newSandboxId(), owner: newRunOwner(), createdAt: 1, deadline: Date.now() - 60_000, ...change };
  const path = join(cgroupTree().unified as string, "sandstack", formatLabel(label));
  mkdirSync(join(path, "keeper"), { recursive: true });
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  writeFileSync(join(path, "keeper/cgroup.procs"), String(child.pid));
  return {
    ...label,
    path,
    async end() {
      child.kill("SIGKILL");
      await ended;
      await until(
        "its cgroup to be empty",
        10_000,
        () => readFileSync(join(path, "keeper/cgroup.procs"), "utf8") === "",
      );
    },
  };
}

describe("what no ledger of this machine knows", () => {
  it("is left alone while a keeper of it lives, as that of an older version, whose name tells no ledger", async () => {
    const planted = plant();
    expect((await orphans()).objectsWithoutRecord).toEqual([]);
    expect((await collectGarbage()).removed).toEqual([]);
    await planted.end();
    expect((await collectGarbage()).removed).toMatchObject([{ kind: "cgroup", where: planted.path }]);
  });

  it("keeps its range of user ids, by whom its cgroup belongs to", async () => {
    const planted = plant();
    chownSync(join(planted.path, "cgroup.procs"), slotBase(77) + 65_000, 0);
    vi.resetModules();
    const { slotsInUse } = await import("../../src/tiers/local/slots-in-use.js");
    expect(slotsInUse()).toEqual(new Set([77]));
    await planted.end();
    await collectGarbage();
  });
});

describe("a state directory that is missing", () => {
  it("is given a day from the first look; then what is left of it goes, and the index forgets it", async () => {
    await other.within(() => collectGarbage());
    const ledger = readLedgerId(other.state) as string;
    const planted = plant({ ledger });
    await planted.end();
    renameSync(other.state, `${other.state}-moved`);
    const since = () => listLedgers().find(({ id }) => id === ledger)?.missingSince;
    expect([(await collectGarbage()).removed, since()]).toEqual([[], expect.any(Number)]);
    expect((await collectGarbage()).removed).toEqual([]);

    // Found again, it is given a new day.
    renameSync(`${other.state}-moved`, other.state);
    await collectGarbage({ dryRun: true });
    expect(since()).toEqual(expect.any(Number));
    expect((await collectGarbage()).removed).toMatchObject([{ where: planted.path }]);
    expect(since()).toBeUndefined();
  });

  it("is gone at a second look a day later", async () => {
    await other.within(() => collectGarbage());
    const ledger = readLedgerId(other.state) as string;
    const planted = plant({ ledger });
    rmSync(other.state, { recursive: true });
    expect((await collectGarbage()).removed).toEqual([]);
    const entry = machinePath("ledgers", ledger);
    const record = JSON.parse(readFileSync(entry, "utf8")) as { path: string; missingSince: number };
    writeFileSync(entry, JSON.stringify({ ...record, missingSince: record.missingSince - DAY }));
    expect((await collectGarbage()).removed).toMatchObject([{ kind: "cgroup", where: planted.path }]);
    expect(existsSync(entry)).toBe(false);
  });
});

describe("user ids", () => {
  it("of sandboxes of two state directories are never the same, whatever slot both begin to look at", async () => {
    const first = await make();
    let id = newSandboxId();
    while (firstSlot(id) !== firstSlot(first.spec.id)) id = newSandboxId();
    const spec = await aSpec({ id });
    await other.within(async () => {
      await tierFor("chroot").create(spec);
      try {
        const uid = async (env: NodeJS.ProcessEnv, of: string) =>
          (await sandstack(["exec", of, "--", "id", "-u"], { env })).stdout.trim();
        const own = (await first.sandbox.commands.run(["id", "-u"])).stdout.trim();
        const theirs = await uid(other.env, id);
        expect([own, theirs]).toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/)]);
        expect(theirs).not.toBe(own);
      } finally {
        await tierFor("chroot").remove(id);
      }
    });
    expect(readdirSync(machinePath("uids"))).toHaveLength(1);
  });
});

describe("the index", () => {
  it("can be looked at by root alone, and tells a path that nothing else does", async () => {
    const { spec } = await make();
    expect(listLedgers()).toContainEqual({ id: ledgerId(), path: statePath(), missingSince: undefined });
    for (const path of [machinePath("ledgers"), machinePath("uids"), join(machinePath("ledgers"), "..")]) {
      expect(modeOf(path)).toBe("700 0");
    }
    expect(modeOf(machinePath("ledgers", ledgerId()))).toBe("600 0");
    const names = readdirSync(join(cgroupTree().unified as string, "sandstack"));
    const name = names.find((one) => one.startsWith(spec.id)) as string;
    expect(name.split(",").at(-1)).toBe(ledgerId());
  });

  it("gives a copy of a state directory an id of its own", async () => {
    await other.within(() => collectGarbage());
    const copy = `${other.state}-copy`;
    cpSync(other.state, copy, { recursive: true, verbatimSymlinks: true });
    try {
      expect(await sandstack(["gc"], { env: { SANDSTACK_STATE_DIR: copy } })).toMatchObject({ code: 0 });
      const ids = [readLedgerId(other.state), readLedgerId(copy)] as string[];
      expect(new Set(ids).size).toBe(2);
      dropLedger(ids[1] as string);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});

function modeOf(path: string): string {
  const { mode, uid } = statSync(path);
  return `${(mode & 0o777).toString(8)} ${uid}`;
}
