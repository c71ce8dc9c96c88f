import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const SANITIZED = "guest/build/sanitize/sandstack-guest";
const MINUTES = 60_000;

test(
  "the whole guest suite passes on a guest built with the address and undefined-behaviour sanitizers",
  () => {
    execFileSync("make", ["-s", "-C", "guest", "sanitize"], { stdio: "inherit" });
    // The rounds are those of `npm test`: the soak's would take hours here.
    const own = Object.entries(process.env).filter(([name]) => !/^(VITEST|SANDSTACK_SOAK)/.test(name));
    const env = { ...Object.fromEntries(own), SANDSTACK_GUEST_BINARY: SANITIZED };
    const args = ["node_modules/vitest/vitest.mjs", "run", "--project", "machine", "test/guest", "--reporter=dot"];
    const run = spawnSync(process.execPath, args, { env, encoding: "utf8" });
    expect(run.status, run.stdout + run.stderr).toBe(0);
  },
  20 * MINUTES,
);
