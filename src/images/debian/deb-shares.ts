import { availableParallelism } from "node:os";
import type { BuildContext } from "../context";
import { endOfTool, startTool, throwIfAborted, toolFailed } from "../tool/run-tool";

/** One package's file, and the file that is made of it. */
export interface DebTask {
  deb: string;
  to: string;
  size: number;
}

/** Every processor goes through a share of the packages with dpkg-deb, for decompression is most of what that does. */
export async function eachDeb(
  option: "ctrl" | "fsys",
  tasks: readonly DebTask[],
  context: BuildContext,
): Promise<void> {
  const { signal } = context;
  const loop = `while [ $# -gt 0 ]; do dpkg-deb --${option}-tarfile "$1" >> "$2" || exit; shift 2; done`;
  const ends = await Promise.all(
    sharesOf(tasks, availableParallelism()).map((share) => {
      const argv = ["sh", "-c", loop, "sh", ...share.flatMap(({ deb, to }) => [deb, to])];
      return endOfTool(startTool(argv, { signal, stdio: ["ignore", "ignore", "pipe"] }));
    }),
  );
  throwIfAborted(signal);
  const failed = ends.find(({ exitCode }) => exitCode !== 0);
  if (failed) throw toolFailed("dpkg-deb", failed);
}

/** Into so many shares of about the same size, none of them empty: the largest first, each to the share that has least. */
export function sharesOf<T extends { size: number }>(tasks: readonly T[], count: number): T[][] {
  const shares = Array.from({ length: Math.min(count, tasks.length) }, () => ({ size: 0, tasks: [] as T[] }));
  for (const task of [...tasks].sort((a, b) => b.size - a.size)) {
    const least = shares.reduce((one, other) => (other.size < one.size ? other : one));
    least.tasks.push(task);
    least.size += task.size;
  }
  return shares.map((share) => share.tasks);
}
