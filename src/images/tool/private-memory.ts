import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { endOfTool, startTool, throwIfAborted, toolFailed } from "./run-tool";

/** A folder in memory that is mounted for one process and those that enter with it: it is gone when they are. */
export interface PrivateMemory extends AsyncDisposable {
  /** The folder as this process gets to it. */
  path: string;
  /** Put before a tool's arguments, makes it see the folder under its own name. */
  enter: readonly string[];
}

/** Mounts memory of so many bytes over a folder. Whoever does not enter sees the folder as it was. */
export async function openPrivateMemory(folder: string, size: number, signal?: AbortSignal): Promise<PrivateMemory> {
  const mount = 'mount -t tmpfs -o "size=$1,mode=755" sandstack "$0" && echo mounted && exec cat';
  const holder = startTool(["unshare", "--mount", "sh", "-c", mount, folder, String(size)], {
    signal,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = endOfTool(holder);
  const mounted = once(holder.stdout as Readable, "data").then(() => undefined);
  const end = await Promise.race([mounted, ended]);
  throwIfAborted(signal);
  if (end) throw toolFailed("mount", end);
  return {
    path: join(`/proc/${holder.pid}/root`, folder),
    enter: ["nsenter", `--mount=/proc/${holder.pid}/ns/mnt`, "--"],
    async [Symbol.asyncDispose]() {
      holder.stdin?.end();
      await ended;
    },
  };
}
