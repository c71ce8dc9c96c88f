import { describe, expect, it } from "vitest";
import { collectGarbage, orphans } from "../../src/tiers";
import { machinePath } from "../../src/tiers/ledger/machine-place";
import { readLedgerId } from "../../src/tiers/ledger/ledger-id";
import { renameSync } from "node:fs";
import { engineAt } from "../../src/tiers/docker/engine";
import { readLeases } from "../../src/tiers/docker/leases";
import { StatePlace } from "../support/state-place";
import { until } from "../support/until";
import { dockerScene } from "./docker-scene";

// An engine that several state directories, and several machines, share. Labels keep the first deadline. Another machine
// is a state directory that this one's index does not know. Not proven: an engine that is really elsewhere.

const scene = dockerScene();

describe("gc of another state directory leaves a container whose deadline was moved", () => {
  it("where the index knows the one that has it, and where only the reaper does", async () => {
    const sandbox = await scene.make({ ttl: 4_000 });
    await sandbox.setTimeout("2m");
    const label = '{{index .Config.Labels "sandstack.deadline"}}';
    const deadline = Number(await scene.docker("inspect", `--format=${label}`, `sandstack-${sandbox.sandboxId}`));
    await until("the first deadline", 20_000, () => Date.now() > deadline + 6_000);
    const engine = await engineAt(process.env["DOCKER_HOST"] as string);
    // Reads leases as root on the engine's machine does, and as everybody else does.
    for (const one of [engine, { ...engine, remaps: true }]) {
      expect((await readLeases(one))?.get(sandbox.sandboxId)).toBeGreaterThan(deadline + 60_000);
    }
    using other = new StatePlace();
    const mine = (objects: readonly { sandbox: string }[]) =>
      objects.filter((one) => one.sandbox === sandbox.sandboxId);
    const collect = () => other.within(async () => mine((await collectGarbage()).removed));
    const list = () => other.within(async () => mine((await orphans()).objectsWithoutRecord));

    expect([await collect(), await list()]).toEqual([[], []]);
    const entry = machinePath("ledgers", readLedgerId(process.env["SANDSTACK_STATE_DIR"] as string) as string);
    renameSync(entry, `${entry}-away`);
    try {
      expect(await collect()).toEqual([]);
      expect((await list()).length).toBeGreaterThan(0);
    } finally {
      renameSync(`${entry}-away`, entry);
    }
    expect((await sandbox.commands.run(["echo", "well"])).stdout).toBe("well\n");
  });
});
