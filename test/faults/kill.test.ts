import { describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import type { LocalTierName } from "../../src/model/tier";
import { sandstack, start } from "../cli/cli";
import { withLeakCheck } from "../support/leak-check";
import { quietly } from "../support/leaks/quietly";
import { type Random, seededRandom } from "../support/random";
import { sleep, until } from "../support/until";
import { findParts, listSandboxes, newMarker, newSandboxes, type Part, stubbornPayload, withMarker } from "./parts";

// kill -9 at random moments, of the making too. Not proven: moments that chance did not pick (npm run soak picks more).

const ROUNDS = process.env["SANDSTACK_SOAK"] ? 100 : 10;
/** The longest a create takes here; a round's blow falls within it. */
const MOMENTS_MS = 80;

const VICTIMS: Record<LocalTierName, readonly (readonly Part[])[]> = {
  chroot: [["keeper"], ["guest"], ["keeper", "guest"]],
  nspawn: [["keeper"], ["launcher"], ["guest"], ["keeper", "launcher"], ["keeper", "guest"], ["launcher", "guest"]],
};

/** Makes a sandbox and runs a payload in it. However that ends is right, as long as it does end. */
async function liveALife(tier: LocalTierName, marker: string): Promise<void> {
  const sandbox = await Sandbox.create({ tier, ttl: "1m" });
  await sandbox.commands.run(stubbornPayload(marker), { timeoutMs: 0 });
}

/** Finds all of them first: after the first blow the others may go by themselves. */
async function strike(id: string, victims: readonly Part[], random: Random): Promise<void> {
  await sleep(random.next() * MOMENTS_MS);
  const pids = await until(`${victims.join(" and ")} of ${id}`, 10_000, () => {
    const parts = findParts(id);
    const found = victims.map((victim) => parts[victim]).filter((pid) => pid !== undefined);
    return found.length === victims.length ? found : undefined;
  });
  for (const pid of pids) quietly(() => process.kill(pid, "SIGKILL"));
}

async function roundOfParts(tier: LocalTierName, victims: readonly Part[], random: Random): Promise<void> {
  const marker = newMarker();
  const before = listSandboxes();
  const life = liveALife(tier, marker).then(
    () => "a command that never ends has ended",
    (error: Error) => error,
  );
  const id = await until("a sandbox being made", 10_000, () => newSandboxes(before)[0]);
  const tooEarly = life.then((how) => Promise.reject(new Error("ended before the blow", { cause: how })));
  await Promise.race([strike(id, victims, random), tooEarly]);
  // Both dead at once on chroot leave a payload to gc: there is no namespace whose end would end it.
  const orphaned = tier === "chroot" && victims.length === 2;
  if (orphaned) expect((await sandstack(["gc"])).code).toBe(0);
  await until("no payload left", 2_000, () => withMarker(marker).length === 0);
  // Where its maker was still at work, a payload may not have begun yet: it must not begin any more, long before the ttl.
  expect(await Promise.race([life, sleep(10_000).then(() => "it lives on")])).toBeInstanceOf(Error);
  expect(withMarker(marker)).toEqual([]);
  expect(await sandstack(["gc"])).toMatchObject({ code: 0 });
}

async function roundOfRun(tier: LocalTierName, random: Random): Promise<void> {
  const marker = newMarker();
  const run = start(["run", "--tier", tier, "--ttl", "1m", "--", ...stubbornPayload(marker)]);
  await sleep(random.next() * 700);
  run.child.kill("SIGKILL");
  await run.ended;
  await until("no payload left", 2_000, () => withMarker(marker).length === 0);
  expect(await sandstack(["gc"])).toMatchObject({ code: 0 });
}

describe.each(["chroot", "nspawn"] as const)("%s: kill -9", (tier) => {
  const random = seededRandom();
  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const all = VICTIMS[tier];
    return { round, victims: all[round % all.length] as readonly Part[] };
  });

  it.each(rounds)(`of $victims, round $round, seed ${random.seed}`, ({ victims }) =>
    withLeakCheck(() => roundOfParts(tier, victims, random)),
  );

  it.each(rounds)(`of sandstack run, round $round, seed ${random.seed}`, () =>
    withLeakCheck(() => roundOfRun(tier, random)),
  );
});
