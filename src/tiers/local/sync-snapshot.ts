import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { getSnapshot, snapshotPath } from "../ledger/snapshot";
import { requireTool } from "../system/tool";

const run = promisify(execFile);

/**
 * Waits until a snapshot would outlive a crash of the machine: a sandbox's files are written without that.
 * @throws SandstackError NO_SUCH_SNAPSHOT, or CORRUPT
 */
export async function syncSnapshot(id: string): Promise<void> {
  const { shared } = getSnapshot(id);
  // File systems, not files: what is on none of its own is on one with the ledger.
  await run(requireTool("sync", "coreutils"), ["--file-system", ...shared, snapshotPath(id)]);
}
