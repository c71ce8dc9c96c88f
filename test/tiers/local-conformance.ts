import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { statePath } from "../../src/model/state-dir";
import type { LocalTierName } from "../../src/model/tier";
import { removeSnapshot, tierFor } from "../../src/tiers";
import { leakCheckEachTest } from "../support/leak-check";
import { sleep, until } from "../support/until";
import { conformanceOf } from "./conformance";
import { aSpec, makerOf, socketOf } from "./making";

/** What every tier must do whose sandboxes are held by a keeper of this machine, and what is left on it is looked at. */
export function localConformanceOf(name: LocalTierName): void {
  leakCheckEachTest();
  conformanceOf(name);
  describe("a sandbox of this machine", () => localTests(name));
}

const run = { reject: false, timeoutMs: 20_000 } as const;

function localTests(name: LocalTierName): void {
  const tier = tierFor(name);
  const make = makerOf(name);

  it("listens on a socket, and names its user and group", async () => {
    const { connection, sandbox } = await make();
    expect(lstatSync(socketOf(connection)).isSocket()).toBe(true);
    const { stdout } = await sandbox.commands.run("id -un; id -gn; touch a; stat -c %U:%G a");
    expect(stdout).toBe("agent\nagent\nagent:agent\n");
  });

  it("has user ids of the machine that no other has", async () => {
    const uids = await Promise.all(
      [await make(), await make()].map(async ({ sandbox, spec }) => {
        const marker = `sleep ${spec.createdAt}.5`;
        await sandbox.commands.run(marker, { background: true });
        return until("the command", 10_000, () => uidOf(marker));
      }),
    );
    expect(uids[0]).toBeGreaterThanOrEqual(1_610_612_736);
    expect(Math.abs((uids[0] as number) - (uids[1] as number))).toBeGreaterThanOrEqual(65_536);
  });

  it("leaves its image as it was", async () => {
    const { spec, sandbox } = await make();
    const top = () => readdirSync(`${spec.layers[0]}/tmp`);
    const before = top();
    await sandbox.files.write("/tmp/mine", "x");
    expect(top()).toEqual(before);
  });

  it("holds its bound of processes", async () => {
    const { spec, sandbox } = await make({ limits: { processes: 20 } });
    await sandbox.commands.run("while :; do sleep 1000 & done 2>/dev/null", { background: true });
    await sleep(500);
    const processes = (await tier.owned(spec.owner)).filter(({ kind }) => kind === "process");
    expect(processes.length).toBeGreaterThan(10);
    // The guest and what holds it up stand outside the payload's bounds.
    expect(processes.length).toBeLessThanOrEqual(20 + 4);
  });

  it("holds its bound of disk, and what is removed can be written again", async () => {
    const { sandbox } = await make({ limits: { processes: 64, disk: 32 << 20 } });
    const fill = () => sandbox.commands.run("head -c 20M /dev/zero > f && sync f", run);
    expect((await fill()).exitCode).toBe(0);
    const over = await sandbox.commands.run("head -c 64M /dev/zero > /tmp/g", run);
    expect(over.exitCode).not.toBe(0);
    expect(over.stderr).toMatch(/No space left on device/);
    await sandbox.commands.run("rm f /tmp/g");
    expect((await fill()).exitCode).toBe(0);
  });

  it("holds its bound of disk by blocks: a file of holes is in it, and in a snapshot that is kept, as it is", async () => {
    const { sandbox } = await make({ limits: { processes: 64, disk: 32 << 20 } });
    await sandbox.commands.run("truncate -s 8T huge; echo end >> huge", run);
    await sandbox.commands.run("sleep 1000", { background: true });
    const { id } = await sandbox.createSnapshot({ keep: true });
    const { layers, shared } = JSON.parse(readFileSync(statePath("snapshots", `${id}.json`), "utf8")) as {
      layers: string[];
      shared: string[];
    };
    const { size, blocks } = statSync(join(layers[0] as string, "home/agent/huge"));
    expect(size).toBe(2 ** 43 + 4);
    expect(blocks * 512).toBeLessThan(1 << 20);
    expect(shared.length).toBeGreaterThan(0);
    await removeSnapshot(id);
  });

  it("is removed also when its keeper is stopped", async () => {
    const { spec } = await make();
    const keeper = Number(readFileSync(statePath("sandboxes", spec.id, "keeper"), "utf8").split(" ")[0]);
    process.kill(keeper, "SIGSTOP");
    await tier.remove(spec.id);
    expect(await tier.owned(spec.owner)).toEqual([]);
  });

  it("is told object by object, with the owner's marks on each", async () => {
    const [{ spec, sandbox }] = [await make(), await make()];
    await sandbox.commands.run("sleep 1000", { background: true });
    const objects = await tier.owned(spec.owner);
    const kinds = new Set(objects.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(["cgroup", "layer", "process", "record", "socket", "uid range"]);
    for (const object of objects) {
      expect(object).toMatchObject({ owner: spec.owner, sandbox: spec.id, createdAt: spec.createdAt });
      expect(object.deadline).toBe(spec.deadline);
    }
  });

  it("leaves nothing where a layer is missing", async () => {
    const spec = await aSpec({ layers: ["/nowhere/at/all"] });
    await expect(tier.create(spec)).rejects.toThrow("/nowhere/at/all");
    expect(existsSync(statePath("sandboxes", spec.id))).toBe(false);
    expect(await tier.owned(spec.owner)).toEqual([]);
  });

  it("leaves nothing where the group is unknown", async () => {
    await expect(make({ group: "no-such-group" })).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });

  it("may be reached by a group of the machine, and nobody else", async () => {
    const { connection } = await make({ group: "adm" });
    const { gid, mode } = lstatSync(socketOf(connection));
    const adm = /^adm:[^:]*:(\d+)/m.exec(readFileSync("/etc/group", "utf8"))?.[1];
    expect([gid, mode & 0o777]).toEqual([Number(adm), 0o660]);
  });
}

/** The owner, as the machine sees it, of the process with these words on its command line. */
function uidOf(words: string): number | undefined {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      if (command === words) return lstatSync(`/proc/${pid}`).uid;
    } catch {
      // it went away meanwhile
    }
  }
  return undefined;
}
