import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Sandbox } from "../../runtime";
import type { TierName } from "../../src/model/tier";
import { start } from "../cli/cli";
import { newMarker, withMarker } from "../faults/parts";
import { sleep, until } from "../support/until";
import { makerOf } from "./making";

/** Trees that a process group does not hold: for bash, M is what their processes have on their command lines. */
const TREES: Record<string, { script: string; at: number }> = {
  "in another session": { script: "setsid sleep M & sleep M", at: 2 },
  "with job control": { script: "set -m; sleep M & sleep M & wait", at: 2 },
  "of children of children whose parents are gone": {
    script: "(setsid bash -c '(setsid sleep M &); (sleep M &)' &); sleep M",
    at: 3,
  },
  "that hears no TERM": { script: "trap '' TERM HUP INT; (setsid sleep M &); sleep M & sleep M; sleep M", at: 3 },
  "with limits, environment, descriptors and directory of its own": {
    script: "(cd /; ulimit -x 5; ulimit -n 20; exec env -i setsid sleep M <&- >&- 2>&-) & sleep M",
    at: 2,
  },
  "that fills the sandbox": { script: "while :; do setsid sleep M & done 2>/dev/null", at: 40 },
  "whose processes each start the next and end": {
    script: `printf '#!/bin/bash\\nsetsid "$0" "$@" &\\n' > hop; chmod +x hop; for i in 1 2 3; do ./hop M & done; sleep M`,
    at: 2,
  },
};
const LEFT = "(setsid sleep M &); set -m; sleep M & disown; exit 0";

/** Holds that all that came from a command ends with it where it is ended. */
export function treesEnd(tier: TierName): void {
  const make = makerOf(tier);

  /** Starts a tree and waits until it is there; the marker that finds its processes. */
  async function grow(sandbox: Sandbox, name: string, more: object = {}) {
    const { script, at } = TREES[name] as { script: string; at: number };
    const marker = newMarker();
    const running = sandbox.commands.run(["/bin/bash", "-c", script.replaceAll("M", marker)], {
      reject: false,
      timeoutMs: 0,
      ...more,
    });
    running.catch(() => {});
    await until(`the tree ${name}`, 20_000, () => withMarker(marker).length >= at);
    return { marker, running };
  }

  describe("a command that is ended", () => {
    it.each(Object.keys(TREES))("at its timeout ends with all its tree, and no other: one %s", async (name) => {
      const { sandbox } = await make();
      const other = newMarker();
      await sandbox.commands.run(["sleep", other], { background: true });
      const { marker, running } = await grow(sandbox, name, { timeoutMs: 3_000 });
      expect(await running).toMatchObject({ timedOut: true });
      expect(withMarker(marker)).toEqual([]);
      expect(withMarker(other)).toHaveLength(1);
      expect((await sandbox.commands.run(["echo", "alive"])).stdout).toBe("alive\n");
    });

    it.each(Object.keys(TREES))("by kill() ends with all its tree: one %s", async (name) => {
      const { sandbox } = await make();
      const { marker, running } = await grow(sandbox, name, { background: true });
      const handle = (await running) as unknown as { kill(): Promise<boolean>; wait(): Promise<unknown> };
      expect(await handle.kill()).toBe(true);
      expect(await handle.wait()).toMatchObject({ signal: 9 });
      expect(withMarker(marker)).toEqual([]);
    });

    it("by an abort, or as its client goes, ends with all its tree", async () => {
      const { sandbox, spec } = await make();
      const abort = new AbortController();
      const { marker, running } = await grow(sandbox, "in another session", { signal: abort.signal });
      abort.abort();
      await expect(running).rejects.toMatchObject({ code: "ABORTED" });
      await until("the end of what was aborted", 10_000, () => withMarker(marker).length === 0);
      const second = newMarker();
      const client = start(["exec", spec.id, "--", "/bin/bash", "-c", `setsid sleep ${second} & sleep ${second}`]);
      await until("the second tree", 20_000, () => inside(second).length >= 2);
      client.child.kill("SIGKILL");
      await until("the end of the second tree", 10_000, () => inside(second).length === 0);
    });

    it("in the background runs on without its client", async () => {
      const { sandbox } = await make();
      const { marker, running } = await grow(sandbox, "in another session", { background: true });
      ((await running) as unknown as { disconnect(): void }).disconnect();
      await sleep(800);
      expect(withMarker(marker).length).toBeGreaterThanOrEqual(2);
    });
  });

  it("leaves alive what a command has left behind that ended by itself", async () => {
    const { sandbox } = await make();
    const marker = newMarker();
    await sandbox.commands.run(["/bin/bash", "-c", LEFT.replaceAll("M", marker)]);
    await sandbox.commands.run("true");
    await sleep(800);
    expect(withMarker(marker)).toHaveLength(2);
  });
}

/** Without the client, which has the marker on its command line as well. */
function inside(marker: string): number[] {
  return withMarker(marker).filter((pid) => !isClient(pid));
}

function isClient(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("main.js");
  } catch {
    return true;
  }
}
