import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EarlierBuild } from "../support/earlier-build";
import { leakCheckEachTest } from "../support/leak-check";
import { sandstack, type Ended } from "./cli";

// Files that commit 64eda15 has written are read. Reaching its running sandboxes takes that build: tried by hand.

leakCheckEachTest();

const TASK = "sbx-60t571cyxjdn";
const AGENT = "sbx-nyvz268ln0ph";

const on = (earlier: EarlierBuild, args: readonly string[], cwd?: string): Promise<Ended> =>
  sandstack(args, { env: earlier.env, cwd });

async function json(earlier: EarlierBuild, args: readonly string[], cwd?: string): Promise<unknown> {
  const { code, stdout, stderr } = await on(earlier, [...args, "--json"], cwd);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

describe("a ledger of commit 64eda15", () => {
  it("is listed: every sandbox with its tier, deadline and state", async () => {
    using earlier = new EarlierBuild();
    const { stdout, stderr } = await on(earlier, ["ls", "--all", "--json"]);
    // Two sandboxes are at an engine that cannot be asked any more.
    expect(stderr.match(/no Docker engine answers at/g)).toHaveLength(2);
    const listed = JSON.parse(stdout) as Record<string, string>[];
    const facts = listed.map(({ sandboxId, name, tier, state, endAt }) => [sandboxId, name, tier, state, endAt]);
    expect(facts.sort()).toEqual([
      [TASK, undefined, "nspawn", "ended", "2026-11-30T18:19:17.797Z"],
      ["sbx-6uedu79gqg4p", undefined, "nspawn", "ended", "2026-11-30T18:19:48.334Z"],
      ["sbx-9c4r3k8k4b90", undefined, "docker", "running", "2026-12-01T00:15:31.080Z"],
      ["sbx-jw3qx26kbhx2", "odd", "nspawn", "dead", "2026-12-01T00:14:36.181Z"],
      [AGENT, undefined, "nspawn", "dead", "2026-12-01T00:14:17.797Z"],
      ["sbx-v9vodsbrjvgj", undefined, "chroot", "dead", "2026-12-01T00:14:17.797Z"],
      ["sbx-w8n3p0w0ytil", "bare", "chroot", "dead", "2026-12-01T00:14:36.601Z"],
      ["sbx-z4yye0j2b4yo", "boat", "docker", "running", "2026-12-01T00:14:44.603Z"],
    ]);
  });

  it("tells what a task wrote, and how it ended", async () => {
    using earlier = new EarlierBuild();
    expect(await json(earlier, ["logs", TASK])).toMatchObject({ output: "done\n", how: "finished", exitCode: 3 });
  });

  it("names its snapshots", async () => {
    using earlier = new EarlierBuild();
    const snapshots = (await json(earlier, ["snapshot", "ls"])) as Record<string, unknown>[];
    expect(snapshots.map(({ id, sandboxId, keep }) => [id, sandboxId, keep])).toEqual([
      ["snap-lj6dpmn3ng4a", AGENT, true],
      ["snap-h2xtz1d9scuc", "sbx-jw3qx26kbhx2", false],
      ["snap-5w184vjjop1x", "sbx-z4yye0j2b4yo", false],
    ]);
  });

  it("is freed by gc of what nobody holds any more", async () => {
    using earlier = new EarlierBuild();
    const { stdout } = await on(earlier, ["gc", "--json"]);
    const { removed, problems } = JSON.parse(stdout) as {
      removed: { sandbox: string }[];
      problems: { code: string }[];
    };
    const dead = [AGENT, "sbx-jw3qx26kbhx2", "sbx-v9vodsbrjvgj", "sbx-w8n3p0w0ytil"];
    expect([...new Set(removed.map(({ sandbox }) => sandbox))].sort()).toEqual(expect.arrayContaining(dead));
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(["NO_ENGINE"]));
    expect(readdirSync(join(earlier.state, "uids"))).toEqual([]);
    expect(readdirSync(join(earlier.state, "names"))).toEqual(["boat"]);
  });
});

describe("a stack of commit 64eda15", () => {
  it.each([
    { tier: "local", names: ["other", "report", "sandbox", "snapshot"] },
    { tier: "docker", names: ["sandbox"] },
  ] as const)("has its outputs ($tier)", async ({ tier, names }) => {
    using earlier = new EarlierBuild();
    const outputs = (await json(earlier, ["stack", "output"], earlier.project(tier))) as Record<string, string>;
    expect(Object.keys(outputs).sort()).toEqual(names);
  });

  it("gives connections that still say which sandbox they lead to", async () => {
    using earlier = new EarlierBuild();
    const outputs = (await json(earlier, ["stack", "output"], earlier.project("local"))) as Record<string, string>;
    const { code, stderr } = await on(earlier, ["exec", outputs["sandbox"] as string, "--", "true"]);
    expect(code).toBe(1);
    expect(stderr).toContain(AGENT);
    expect(stderr).toContain("has ended");
  });

  it("previews what has ended as replaced, with the reason, and leaves a finished task", async () => {
    using earlier = new EarlierBuild();
    const { code, stdout } = await on(earlier, ["preview"], earlier.project("local"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/sandstack:Lease agent replace\n +killed, its keeper is dead/);
    expect(stdout).toMatch(/sandstack:local:Instance task unchanged\n +finished \d\d:\d\d, exit code 3; left as it is/);
    expect(stdout).toContain("snap-lj6dpmn3ng4a");
  });

  it("is destroyed, and the receipt names what it had made", async () => {
    using earlier = new EarlierBuild();
    const cwd = earlier.project("local");
    const { code, stdout } = await on(earlier, ["destroy"], cwd);
    expect(code).toBe(0);
    expect(stdout).toMatch(/sandbox +agent +sbx-nyvz268ln0ph +2026-11-30 18:14:17 +gone/);
    expect(stdout).toMatch(/snapshot +fresh +snap-lj6dpmn3ng4a +2026-11-30 18:14:17 +gone/);
    expect(stdout).toContain("left: nothing");
    expect((await on(earlier, ["stack", "output", "--json"], cwd)).stdout).toBe("{}\n");
  });
});
