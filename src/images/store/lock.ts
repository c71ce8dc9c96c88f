import { createHash } from "node:crypto";
import { endOfTool, startTool, throwIfAborted, toolFailed } from "../tool/run-tool";
import { storePath } from "./layout";

/** Somebody else holds the lock when the answer takes longer than this, in ms. */
const SOON_MS = 300;

export interface LockOptions {
  signal?: AbortSignal;
  /** Called once when another process has the lock and this one starts to wait. */
  onWait?: () => void;
}

/**
 * Runs `body` while no other process runs one under the same key. The kernel holds the lock (flock), by a child that
 * ends with this process: a holder that dies, however it does, leaves no lock behind.
 */
export async function withStoreLock<T>(
  key: string,
  { signal, onWait }: LockOptions,
  body: () => Promise<T>,
): Promise<T> {
  // 256 files for all keys: a file for each would never be free to be removed.
  const file = storePath("locks", createHash("sha256").update(key).digest("hex").slice(0, 2));
  const holder = startTool(["flock", "--no-fork", file, "sh", "-c", "echo held; exec cat"], {
    signal,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const waiting = setTimeout(() => onWait?.(), SOON_MS);
  let end: Promise<unknown> = Promise.resolve();
  try {
    await new Promise<void>((resolve, reject) => {
      const ended = endOfTool(holder, (line) => line === "held" && resolve());
      end = ended;
      ended.then((result) => reject(toolFailed("flock", result)), reject);
    }).catch((error: unknown) => {
      throwIfAborted(signal);
      throw error;
    });
    clearTimeout(waiting);
    return await body();
  } finally {
    clearTimeout(waiting);
    holder.stdin?.end();
    await end;
  }
}
