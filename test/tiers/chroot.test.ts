import { describe, expect, it } from "vitest";
import { tierFor } from "../../src/tiers";
import { localConformanceOf } from "./local-conformance";
import { aSpec, LIST_INTERFACES, makerOf } from "./making";
import { attributesAreOurs, lowLimitsAreRefused } from "./process-attributes";

describe("chroot", () => {
  localConformanceOf("chroot");
  attributesAreOurs("chroot");
  lowLimitsAreRefused("chroot");

  const make = makerOf("chroot");

  it.each(["root", "0"])("refuses the user %s, and names the tier that has one", async (user) => {
    await expect(tierFor("chroot").create(await aSpec({ user }))).rejects.toMatchObject({
      code: "USER_REFUSED",
      hint: expect.stringContaining("nspawn") as string,
    });
  });

  it("shows the machine's own ids, by their names", async () => {
    const { sandbox } = await make();
    const { stdout } = await sandbox.commands.run("id -u; id -un; stat -c %U /etc /home/agent");
    const [uid, ...names] = stdout.trim().split("\n");
    expect(Number(uid) % 65_536).toBe(1000);
    expect(Number(uid)).toBeGreaterThan(1_610_612_736);
    expect(names).toEqual(["agent", "root", "agent"]);
  });

  it("has no network, unless it is told to have the machine's", async () => {
    const alone = await make();
    expect((await alone.sandbox.commands.run(LIST_INTERFACES)).stdout).toBe("['lo']\n");
    const open = await make({ network: "host" });
    expect((await open.sandbox.commands.run(LIST_INTERFACES)).stdout).not.toBe("['lo']\n");
  });
});
