import { describe, expect, it } from "vitest";
import { tierFor } from "../../src/tiers";
import { readIntent } from "../../src/tiers/ledger/entry";
import type { LocalIntent } from "../../src/tiers/ledger/intent";
import { changeCgroups } from "../../src/tiers/local/limits";
import { isV1 } from "../isolation/open";
import { localConformanceOf } from "./local-conformance";
import { aSpec, LIST_INTERFACES, makerOf } from "./making";
import { attributesAreOurs, lowLimitsAreRefused } from "./process-attributes";

describe("nspawn", () => {
  localConformanceOf("nspawn");
  attributesAreOurs("nspawn");
  lowLimitsAreRefused("nspawn");

  const make = makerOf("nspawn");

  it("refuses the machine's network, and names the tier that has it", async () => {
    await expect(tierFor("nspawn").create(await aSpec({ network: "host" }))).rejects.toMatchObject({
      code: "UNSUPPORTED",
      hint: expect.stringContaining("chroot") as string,
    });
  });

  it("has a root inside, who owns what root owns there", async () => {
    const { sandbox } = await make({ user: "root" });
    const { stdout } = await sandbox.commands.run(
      "id -u; touch /etc/mine; stat -c %u:%g /etc/mine; chown 5:6 /etc/mine; stat -c %u:%g /etc/mine",
    );
    expect(stdout).toBe("0\n0:0\n5:6\n");
  });

  it("sees its own processes only", async () => {
    const { sandbox } = await make();
    const { stdout } = await sandbox.commands.run("ls -d /proc/[0-9]* | wc -l");
    expect(Number(stdout)).toBeLessThan(10);
  });

  it("shows its limits where programs look for them, as they are now", async () => {
    const { sandbox, spec } = await make({ limits: { processes: 64, memory: 256 << 20, cpus: 0.5 } });
    const version1 = "memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us pids/pids.max";
    const files = isV1 ? version1 : "memory.max cpu.max pids.max";
    const look = () => sandbox.commands.run(`cd /sys/fs/cgroup && cat ${files} | tr ' ' '\n'`);
    expect((await look()).stdout).toBe("268435456\n50000\n100000\n64\n");
    changeCgroups(readIntent(spec.id) as LocalIntent, { memory: 128 << 20, cpus: 1, processes: 50 });
    expect((await look()).stdout).toBe("134217728\n100000\n100000\n50\n");
  });

  it("shows no limit where none was given, as a container without limits does", async () => {
    const { sandbox } = await make({ limits: {} });
    const files = isV1
      ? "memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us pids/pids.max"
      : "memory.max cpu.max pids.max";
    const { stdout } = await sandbox.commands.run(`cd /sys/fs/cgroup && cat ${files}`);
    expect(stdout).toBe(isV1 ? "9223372036854771712\n-1\nmax\n" : "max\nmax 100000\nmax\n");
  });

  it("has no network", async () => {
    const { sandbox } = await make();
    expect((await sandbox.commands.run(LIST_INTERFACES)).stdout).toBe("['lo']\n");
  });
});
