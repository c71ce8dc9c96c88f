import { mkdtempSync, rmSync } from "node:fs";

/** Runs `body` on the machine of a teammate, whose store is another. */
export async function elsewhere<T>(body: () => Promise<T>): Promise<T> {
  const before = process.env["SANDSTACK_STATE_DIR"];
  const state = mkdtempSync("/var/tmp/sandstack-elsewhere-");
  process.env["SANDSTACK_STATE_DIR"] = state;
  try {
    return await body();
  } finally {
    process.env["SANDSTACK_STATE_DIR"] = before;
    rmSync(state, { recursive: true });
  }
}
