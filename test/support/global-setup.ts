import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { defaultTestImage } from "./default-image";
import { expectNoLeaks, photograph } from "./leak-check";

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
  const before = photograph();
  return async () => {
    try {
      await expectNoLeaks(before);
    } finally {
      rmSync(run, { recursive: true, force: true });
      rmSync(state, { recursive: true, force: true });
    }
  };
}
