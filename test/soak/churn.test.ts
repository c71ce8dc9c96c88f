import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { withLeakCheck } from "../support/leak-check";

// A service that makes and ends sandboxes all day must stand at its end where it stood at its beginning.

const SANDBOXES = 500;
const openDescriptors = () => readdirSync("/proc/self/fd").length;

async function useOne(tier: "chroot" | "nspawn"): Promise<void> {
  await using sandbox = await Sandbox.create({ tier });
  await sandbox.files.write("/home/agent/a", "a");
  const before = await sandbox.createSnapshot();
  await sandbox.commands.run("rm -rf /home/agent/*");
  await sandbox.rollback(before);
  expect(await sandbox.files.read("/home/agent/a")).toBe("a");
}

describe.each(["chroot", "nspawn"] as const)("%s", (tier) => {
  it(`${SANDBOXES} sandboxes one after the other leave no descriptor and no memory behind in their maker`, () =>
    withLeakCheck(async () => {
      for (let i = 0; i < 20; i++) await useOne(tier);
      const [descriptors, memory] = [openDescriptors(), process.memoryUsage().rss];
      for (let i = 0; i < SANDBOXES; i++) await useOne(tier);
      expect(openDescriptors()).toBe(descriptors);
      expect(process.memoryUsage().rss - memory).toBeLessThan(64 << 20);
    }));
});
