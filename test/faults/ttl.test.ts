import { afterEach, describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { sandstack } from "../cli/cli";
import { leakCheckEachTest } from "../support/leak-check";
import { sleep, until } from "../support/until";
import { findParts, newMarker, type Part, stubbornPayload, withMarker } from "./parts";

// Each of the three that keep the deadline does so alone, while the others are stopped.

const TTL_MS = 3_000;

leakCheckEachTest();

/** What setTimeout has to move: the deadline that is given first, by how it is moved. */
const MOVES = { "as it was given": undefined, "brought forward": "1m", "put off": 2_500 } as const;

describe.each(["chroot", "nspawn"] as const)("%s, ttl 3s", (tier) => {
  const stopped: number[] = [];
  afterEach(async () => {
    for (const pid of stopped.splice(0)) if (isThere(pid)) process.kill(pid, "SIGKILL");
    await sandstack(["gc"]);
  });

  /** A sandbox with a payload that wants to stay and some of its parts stopped; gives the time its 3 s began. */
  async function begin(first: number | string | undefined, parts: readonly Part[]) {
    const sandbox = await Sandbox.create({ tier, ttl: first ?? TTL_MS });
    // The deadline counts from when the image is found: the first create of a process loads a lot before.
    let began = (await sandbox.getInfo()).endAt.getTime() - TTL_MS;
    const marker = newMarker();
    await sandbox.commands.run(stubbornPayload(marker), { background: true, timeoutMs: 0 });
    await until("the payload", 10_000, () => withMarker(marker).length >= 2);
    if (first !== undefined) {
      began = Date.now();
      await sandbox.setTimeout(TTL_MS);
    }
    const found = findParts(sandbox.sandboxId);
    for (const part of parts) {
      process.kill(found[part] as number, "SIGSTOP");
      stopped.push(found[part] as number);
    }
    return { began, marker };
  }

  async function expectKeptWithout(part: Part, first: number | string | undefined): Promise<void> {
    const { began, marker } = await begin(first, [part]);
    await until(`no payload with the ${part} stopped`, 6_000, () => withMarker(marker).length === 0);
    expectAbout(Date.now() - began, TTL_MS);
  }

  async function expectKeptByGc(first: number | string | undefined): Promise<void> {
    const { began, marker } = await begin(first, ["keeper", "guest"]);
    await sleep(began + TTL_MS - 1_500 - Date.now());
    expect(await sandstack(["gc"])).toMatchObject({ code: 0 });
    expect(withMarker(marker)).not.toEqual([]);
    await sleep(began + 4_000 - Date.now());
    expect(withMarker(marker)).not.toEqual([]);
    expect(await sandstack(["gc"])).toMatchObject({ code: 0 });
    expect(withMarker(marker)).toEqual([]);
  }

  it.each(Object.entries(MOVES))("%s: is kept by the guest, by the keeper and by gc, each alone", async (_, first) => {
    await Promise.all([expectKeptWithout("keeper", first), expectKeptWithout("guest", first), expectKeptByGc(first)]);
  });
});

/** Not before the deadline; after it within the grace, the second that the keeper gives the guest, and a busy machine's. */
function expectAbout(ms: number, deadline: number): void {
  expect(ms).toBeGreaterThan(deadline - 50);
  expect(ms).toBeLessThan(deadline + 2_500);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
