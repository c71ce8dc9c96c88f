import { execFileSync } from "node:child_process";
import { sleep } from "./until";

const PATIENCE_MS = 5_000;

/**
 * Unmounts a disk that a test filled. The record of an end comes before the sandbox's last process is gone, so the disk
 * may still be in use for a moment.
 */
export async function unmount(path: string): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(20)) {
    try {
      execFileSync("umount", [path], { stdio: ["ignore", "ignore", "pipe"] });
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}
