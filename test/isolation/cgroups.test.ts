import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { newMarker, withMarker } from "../faults/parts";
import { until } from "../support/until";
import { openPlace, PLACES } from "./place";
import { opened } from "./suites";

// A sandbox that sees its own cgroup sees no other, and no name that the machine has for its own. That it changes nothing
// of it is a probe (cgroup-change).

describe.each(PLACES.filter(({ tier }) => tier === "nspawn"))("$tier as $user", (where) => {
  const [one, other] = [opened(() => openPlace(where)), opened(() => openPlace(where))];
  const run = async (command: string) => (await one().sandbox.commands.run(command, { user: where.user })).stdout;

  it("has cgroups without the names that the machine has for them", async () => {
    const marker = newMarker();
    const { sandboxId } = one().sandbox;
    const sleep = await one().sandbox.commands.run(["sleep", marker], { background: true, user: where.user });
    const [pid] = await until("the command", 10_000, () =>
      withMarker(marker).length > 0 ? withMarker(marker) : undefined,
    );
    // Seen from outside, the same process is in cgroups that are called by the sandbox's id, owner and times.
    expect(readFileSync(`/proc/${pid}/cgroup`, "utf8")).toContain(sandboxId);
    const seen = await run(
      "cat /proc/self/cgroup /proc/self/mountinfo; ls -R /sys; cat /sys/fs/cgroup/memory.stat 2>/dev/null; true",
    );
    expect(seen).toMatch(/^0::\/$/m);
    expect(seen).not.toMatch(/sandstack|sbx-|run:|\.\.\/|lab-/);
    await sleep.kill();
  });

  it("finds no cgroup of another sandbox, also not above its own", async () => {
    const { sandboxId } = other().sandbox;
    const find = ["/sys/fs/cgroup", "-name", `*${sandboxId}*`];
    expect(execFileSync("find", find, { encoding: "utf8" })).toContain(sandboxId);
    const above = "/sys/fs/cgroup /sys/fs/cgroup/memory/.. /sys/fs/cgroup/../../.. /proc/self/root/..";
    expect(await run(`find ${above} -name '*${sandboxId}*' 2>/dev/null; find /sys/fs/cgroup -name 'sbx-*'`)).toBe("");
    expect(await run("find /sys/fs/cgroup -name pids.max | wc -l")).toBe("1\n");
  });
});
