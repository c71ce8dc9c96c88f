import { endOfTool, startTool, toolFailed } from "../tool/run-tool";
import { END, entryHeader } from "./tar-writer";
import { whiteout } from "./whiteouts";

/**
 * Puts whiteouts into a layer, each an inode of its own. By tar, for Node cannot make a device, and mknod is a process
 * for each.
 * @param paths as somebody inside names them; their parents are there
 */
export async function makeWhiteouts(layer: string, paths: readonly string[], signal?: AbortSignal): Promise<void> {
  if (paths.length === 0) return;
  const tar = startTool(["tar", "--extract", "--same-owner", "--same-permissions", "--directory", layer], {
    signal,
    stdio: ["pipe", "ignore", "pipe"],
  });
  const ended = endOfTool(tar);
  // A name of an archive is bytes held as latin1.
  const names = paths.map((path) => Buffer.from(`.${path}`).toString("latin1"));
  tar.stdin?.end(Buffer.concat([...names.map((name) => entryHeader(whiteout(name))), END]));
  const end = await ended;
  if (end.exitCode !== 0) throw toolFailed("tar", end);
}
