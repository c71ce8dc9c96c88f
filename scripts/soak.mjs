// The long rounds: kill -9 at random moments, many sandboxes at once, many one after the other; and the guest suite under the
// sanitizers. SANDSTACK_SEED repeats one.
import { runInFront } from "./setup/run.mjs";
import { setUp } from "./setup.mjs";

const LONG = [
  "test/faults/kill.test.ts",
  "test/faults/several-states.test.ts",
  "test/faults/many.test.ts",
  "test/engine/crash.test.ts",
  "test/provider/crash.test.ts",
  "test/cli/stack-crash.test.ts",
  "test/soak",
];

const only = process.argv.slice(2);
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project", "machine", ...(only.length > 0 ? only : LONG)];
const ready = await setUp("test");
process.exitCode = ready
  ? await runInFront(process.execPath, vitest, { env: { ...process.env, SANDSTACK_SOAK: "1" } })
  : 1;
