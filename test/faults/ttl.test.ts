import { afterEach, describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { sandstack } from "../cli/cli";
import { leakCheckEachTest } from "../support/leak-check";
import { sleep, until } from "../support/until";
import { findParts, newMarker, type Parts, stubbornPayload, withMarker } from "./parts";

// Each of the three that keep the deadline does so alone, while the others are stopped.

const TTL_MS = 3_000;

leakCheckEachTest();

describe.each(["chroot", "nspawn"] as const)("%s, ttl 3s", (tier) => {
  let stopped: number[] = [];
  afterEach(async () => {
    for (const pid of stopped.splice(0)) if (isThere(pid)) process.kill(pid, "SIGKILL");
    await sandstack(["gc"]);
  });

  /** A sandbox with a payload that wants to stay; gives the time it was made and what to look for. */
  async function begin(stop: (parts: Parts) => (number | undefined)[]) {
    const began = Date.now();
    const sandbox = await Sandbox.create({ tier, ttl: TTL_MS });
    const marker = newMarker();
    await sandbox.commands.run(stubbornPayload(marker), { background: true, timeoutMs: 0 });
    await until("the payload", 1_000, () => withMarker(marker).length >= 2);
    stopped = stop(findParts(sandbox.sandboxId)).filter((pid) => pid !== undefined);
    for (const pid of stopped) process.kill(pid, "SIGSTOP");
    return { began, marker };
  }

  it("is kept by the guest while the keeper is stopped", async () => {
    const { began, marker } = await begin((parts) => [parts.keeper]);
    expect(stopped).toHaveLength(1);
    await until("no payload", 6_000, () => withMarker(marker).length === 0);
    expectAbout(Date.now() - began, TTL_MS);
  });

  it("is kept by the keeper while the guest is stopped", async () => {
    const { began, marker } = await begin((parts) => [parts.guest]);
    expect(stopped).toHaveLength(1);
    await until("no payload", 6_000, () => withMarker(marker).length === 0);
    expectAbout(Date.now() - began, TTL_MS);
  });

  it("is kept by gc while both are stopped", async () => {
    const { began, marker } = await begin((parts) => [parts.keeper, parts.guest]);
    expect(stopped).toHaveLength(2);
    await sleep(began + 4_000 - Date.now());
    expect(withMarker(marker)).not.toEqual([]);
    expect(await sandstack(["gc"])).toMatchObject({ code: 0 });
    expect(withMarker(marker)).toEqual([]);
  });
});

/** Not before the deadline; after it within the grace and the second that the keeper gives the guest. */
function expectAbout(ms: number, deadline: number): void {
  expect(ms).toBeGreaterThan(deadline - 50);
  expect(ms).toBeLessThan(deadline + 1_800);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
