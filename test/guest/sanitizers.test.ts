import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const SANITIZED = "guest/build/sanitize/sandstack-guest";
const MINUTES = 60_000;

// The suite runs itself, once, on the other build: there this file is empty but for a sign that it ran.
if (process.env["SANDSTACK_GUEST_BINARY"] === undefined) {
  test(
    "the whole guest suite passes on a guest built with the address and undefined-behaviour sanitizers",
    () => {
      execFileSync("make", ["-s", "-C", "guest", "sanitize"], { stdio: "inherit" });
      const own = Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST"));
      const env = { ...Object.fromEntries(own), SANDSTACK_GUEST_BINARY: SANITIZED };
      const args = ["node_modules/vitest/vitest.mjs", "run", "--project", "machine", "test/guest", "--reporter=dot"];
      const run = spawnSync(process.execPath, args, { env, encoding: "utf8" });
      expect(run.status, run.stdout + run.stderr).toBe(0);
    },
    10 * MINUTES,
  );
} else {
  test("this run is on the build that the caller chose", () => {
    expect(process.env["SANDSTACK_GUEST_BINARY"]).not.toBe("");
  });
}
