import { describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { withLeakCheck } from "../support/leak-check";

// Many at once, each told apart by its own words. How fast is bench's business.

const SANDBOXES = process.env["SANDSTACK_SOAK"] ? 200 : 10;
const COMMANDS = 20;

async function useOne(tier: "chroot" | "nspawn", number: number): Promise<string[]> {
  await using sandbox = await Sandbox.create({ tier });
  const said: string[] = [];
  for (let i = 0; i < COMMANDS; i++) {
    said.push((await sandbox.commands.run(["echo", `sandbox ${number} command ${i}`])).stdout);
  }
  return said;
}

describe.each(["chroot", "nspawn"] as const)("%s", (tier) => {
  it(`${SANDBOXES} sandboxes at once, ${COMMANDS} commands in each, and then none`, () =>
    withLeakCheck(async () => {
      const all = await Promise.all(Array.from({ length: SANDBOXES }, (_, number) => useOne(tier, number)));
      all.forEach((said, number) => {
        expect(said).toEqual(Array.from({ length: COMMANDS }, (_, i) => `sandbox ${number} command ${i}\n`));
      });
    }));
});
