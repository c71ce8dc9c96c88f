import { endOfTool, startTool, throwIfAborted, toolFailed } from "../tool/run-tool";
import { HoleFiller, HOLES_LIMIT } from "./hole-filler";
import { SparseReader } from "./sparse-reader";
import { type TarHandler, TarReader } from "./tar-reader";
import { Whiteouts } from "./whiteouts";

/**
 * Reads a directory tree, entry by entry in order of name. tar reads it, for Node does not see extended attributes and
 * hard links. Sockets are left out, which no archive can hold. Holes are told as zeros, and not read.
 * @param pause awaited now and then, for a handler that cannot take everything at once
 * @param holes bytes of them that the tree may have
 * @throws SandstackError LIMIT for more
 */
export async function readTree(
  directory: string,
  handler: TarHandler,
  signal?: AbortSignal,
  pause?: () => Promise<void>,
  holes = HOLES_LIMIT,
): Promise<void> {
  const filler = new HoleFiller(new Whiteouts(handler), holes);
  const reader = new TarReader(new SparseReader(filler));
  const names = ["--sort=name", "--numeric-owner", "--format=pax"];
  const attributes = ["--acls", "--xattrs", "--xattrs-include=*"];
  const tar = startTool(["tar", "--create", "--sparse", ...names, ...attributes, "--directory", directory, "."], {
    signal,
    env: { ...process.env, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = endOfTool(tar);
  try {
    for await (const piece of tar.stdout as AsyncIterable<Buffer>) {
      reader.write(piece);
      await filler.fill(signal, pause);
      await pause?.();
    }
  } finally {
    await ended;
  }
  throwIfAborted(signal);
  const end = await ended;
  // 1 is a remark, such as one on a socket.
  if (end.exitCode > 1) throw toolFailed("tar", end);
  reader.finish();
}
