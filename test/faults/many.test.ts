import { describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { withLeakCheck } from "../support/leak-check";

// Many at once, each told apart by its own words. How fast is bench's business.

const SANDBOXES = process.env["SANDSTACK_SOAK"] ? 200 : 10;
const COMMANDS = 20;

async function useOne(sandbox: Sandbox, number: number): Promise<string[]> {
  const said: string[] = [];
  for (let i = 0; i < COMMANDS; i++) {
    said.push((await sandbox.commands.run(["echo", `sandbox ${number} command ${i}`])).stdout);
  }
  return said;
}

describe.each(["chroot", "nspawn"] as const)("%s", (tier) => {
  it(`${SANDBOXES} sandboxes at once, ${COMMANDS} commands in each, and then none`, () =>
    withLeakCheck(async () => {
      const all = await Promise.all(Array.from({ length: SANDBOXES }, () => Sandbox.create({ tier })));
      expect((await Sandbox.list()).map(({ sandboxId }) => sandboxId).sort()).toEqual(
        all.map(({ sandboxId }) => sandboxId).sort(),
      );
      (await Promise.all(all.map(useOne))).forEach((said, number) => {
        expect(said).toEqual(Array.from({ length: COMMANDS }, (_, i) => `sandbox ${number} command ${i}\n`));
      });
      await Promise.all(all.map((sandbox) => sandbox.kill()));
    }));
});
