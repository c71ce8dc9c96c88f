import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { defaultTestImage } from "./default-image";
import { expectNoLeaks, photograph } from "./leak-check";
import { messageQueuesPlace } from "./leaks/kernel-objects";

/**
 * Gives the run a state and a run directory of its own, with the default image in it, and looks at the end whether
 * anything is left. The image store outlives the run (beside the packages that `npm ci` puts there), so that only the
 * first run on a machine waits for the build.
 */
export default async function setUpMachine(): Promise<() => Promise<void>> {
  if (process.getuid?.() !== 0) throw new Error("these tests make sandboxes and need root");
  const state = mkdtempSync("/var/tmp/sandstack-test-");
  const run = join("/run", basename(state));
  const store = resolve("node_modules/.cache/sandstack-test-images");
  mkdirSync(store, { recursive: true });
  mkdirSync(run);
  symlinkSync(store, join(state, "images"));
  process.env["SANDSTACK_STATE_DIR"] = state;
  process.env["SANDSTACK_RUN_DIR"] = run;
  await defaultTestImage();
  const unmount = mountMessageQueues();
  const before = photograph();
  return async () => {
    try {
      await expectNoLeaks(before);
    } finally {
      unmount();
      rmSync(run, { recursive: true, force: true });
      rmSync(state, { recursive: true, force: true });
    }
  };
}

/** Mounts them until it is called for the end, where nobody has: they are looked at a thousand times. */
function mountMessageQueues(): () => void {
  if (messageQueuesPlace() !== undefined) return () => {};
  const place = mkdtempSync("/var/tmp/sandstack-queues-");
  execFileSync("mount", ["-t", "mqueue", "mqueue", place]);
  return () => {
    execFileSync("umount", [place]);
    rmdirSync(place);
  };
}
