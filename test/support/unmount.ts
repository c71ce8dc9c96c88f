import { spawnSync } from "node:child_process";
import { until } from "./until";

/**
 * Unmounts a disk that a test filled. The record of an end comes before the sandbox's last process is gone, so the disk
 * may still be in use for a moment.
 */
export async function unmount(path: string): Promise<void> {
  await until(`${path} is unmounted`, 5_000, () => spawnSync("umount", [path]).status === 0);
}
