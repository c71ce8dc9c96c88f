import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { leakCheckEachTest } from "../support/leak-check";
import { sleep } from "../support/until";
import { findParts } from "./parts";

// A sandbox that nobody uses costs its machine nothing but memory.

leakCheckEachTest();

/** Clock ticks that a process has used, its own and the kernel's for it. */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13);
  return Number(user) + Number(system);
}

it.each(["chroot", "nspawn"] as const)("%s: nothing of a sandbox runs while nobody asks", async (tier) => {
  await using sandbox = await Sandbox.create({ tier });
  await sandbox.commands.run(["true"]);
  const parts = Object.values(findParts(sandbox.sandboxId)).filter((pid) => pid !== undefined) as number[];
  expect(parts.length).toBe(tier === "chroot" ? 2 : 3);
  const before = parts.map(ticksOf);
  await sleep(1_000);
  parts.forEach((pid, i) => expect(ticksOf(pid) - (before[i] as number)).toBeLessThanOrEqual(1));
});
