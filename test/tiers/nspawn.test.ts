import { describe, expect, it } from "vitest";
import { tierFor } from "../../src/tiers";
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

  it("has no network", async () => {
    const { sandbox } = await make();
    expect((await sandbox.commands.run(LIST_INTERFACES)).stdout).toBe("['lo']\n");
  });
});
