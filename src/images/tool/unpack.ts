import { createReadStream, statSync } from "node:fs";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { readUnpacked } from "./decompress";
import { endOfTool, startTool, throwIfAborted, toolFailed } from "./run-tool";

/** Owners, modes, ACLs and attributes as the archive has them. */
const KEEP = [
  "--numeric-owner",
  "--same-owner",
  "--preserve-permissions",
  "--acls",
  "--xattrs",
  "--xattrs-include=user.*",
  "--xattrs-include=security.capability",
];

export interface Unpacking {
  /** What tar gets to see of the archive. */
  filter: (pieces: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;
  /** More arguments of tar. */
  args?: readonly string[];
  /** Told the part of the file that has been read. */
  onFraction?: (fraction: number) => void;
}

/**
 * Unpacks a tar archive, compressed or not, into the work directory's tree.
 * @throws SandstackError what `filter` throws; NO_SPACE, ABORTED, MISSING_TOOL, or BUILD_FAILED with tar's last lines
 */
export async function unpackTar(file: string, context: BuildContext, unpacking: Unpacking): Promise<void> {
  const { signal, work } = context;
  const compressed = createReadStream(file);
  const { size } = statSync(file);
  let taken = 0;
  compressed.on("data", (piece) => {
    taken += piece.length;
    unpacking.onFraction?.(taken / size);
  });
  const args = ["--file=-", `--directory=${work.tree}`, ...KEEP, ...(unpacking.args ?? [])];
  const tar = startTool(["tar", "--extract", ...args], {
    signal,
    env: { ...process.env, LC_ALL: "C" },
    stdio: ["pipe", "ignore", "pipe"],
  });
  const ended = endOfTool(tar, context.log);
  const pieces = readUnpacked(file, compressed, signal);
  const failure: unknown = await pipeline(pieces, unpacking.filter, tar.stdin as Writable).catch(
    (error: unknown) => error,
  );
  compressed.destroy();
  const end = await ended;
  throwIfAborted(signal);
  if (failure instanceof SandstackError) throw failure;
  if (end.exitCode !== 0) throw toolFailed("tar", end);
  if (failure) throw failure as Error;
}
