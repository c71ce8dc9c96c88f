import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { requireTool } from "../tool/require";
import { endOfTool, startTool, throwIfAborted, toolFailed } from "../tool/run-tool";
import { BLOCK, badArchive } from "../tree/tar-header";
import { TarReader } from "../tree/tar-reader";
import { ArchiveRules } from "./archive-rules";

/** Compressions by the bytes they begin with; the Debian package has the tool's name but for xz. */
const COMPRESSIONS = [
  { magic: "1f8b", tool: "gzip", debianPackage: "gzip" },
  { magic: "fd377a585a00", tool: "xz", debianPackage: "xz-utils" },
  { magic: "28b52ffd", tool: "zstd", debianPackage: "zstd" },
];

/** Unpacks a tar archive, compressed or not, into the work directory; tar gets to see only what was checked. */
export async function unpackArchive(file: string, size: number, context: BuildContext): Promise<void> {
  const { signal, work } = context;
  const compressed = createReadStream(file);
  let taken = 0;
  compressed.on("data", (piece) => {
    taken += piece.length;
    context.report("unpacking", (taken / size) * 0.9, file);
  });
  const decompressor = startDecompressor(file, compressed, signal);
  const tar = startTool(["tar", "--extract", "--file=-", `--directory=${work.tree}`, ...KEEP], {
    signal,
    env: { ...process.env, LC_ALL: "C" },
    stdio: ["pipe", "ignore", "pipe"],
  });
  const ends = [tar, ...(decompressor ? [decompressor] : [])].map((child) => endOfTool(child, context.log));
  const failure = await pipeline(decompressor?.stdout ?? compressed, checked, tar.stdin as Writable).catch(
    (error: unknown) => error,
  );
  compressed.destroy();
  decompressor?.kill("SIGKILL");
  const [end] = await Promise.all(ends);
  throwIfAborted(signal);
  if (failure instanceof SandstackError) throw failure;
  if (end && end.exitCode !== 0) throw toolFailed("tar", end);
  if (failure) throw failure as Error;
}

/** Owners, modes, ACLs and attributes as the archive has them; /dev is every sandbox's own. */
const KEEP = [
  "--numeric-owner",
  "--same-owner",
  "--preserve-permissions",
  "--acls",
  "--xattrs",
  "--xattrs-include=user.*",
  "--xattrs-include=security.capability",
  "--anchored",
  "--exclude=./dev/*",
  "--exclude=dev/*",
];

function startDecompressor(file: string, from: Readable, signal: AbortSignal | undefined) {
  const compression = COMPRESSIONS.find(({ magic }) => firstBytes(file).startsWith(magic));
  if (!compression) return undefined;
  const path = requireTool(compression.tool, compression.debianPackage);
  const child = startTool([path, "-dc"], { signal, stdio: ["pipe", "pipe", "ignore"] });
  from.pipe(child.stdin as NodeJS.WritableStream);
  return child;
}

function firstBytes(file: string): string {
  const bytes = Buffer.alloc(6);
  const fd = openSync(file, "r");
  try {
    return bytes.subarray(0, readSync(fd, bytes)).toString("hex");
  } finally {
    closeSync(fd);
  }
}

/** Passes an archive on, piece by piece, each after its check. */
async function* checked(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const rules = new ArchiveRules();
  const reader = new TarReader({ entry: (entry) => rules.check(entry), data: () => {}, done: () => {} });
  for await (const piece of pieces) {
    // What follows the end mark is read and dropped: to stop here would look to the decompressor like a failure.
    const known = reader.write(piece);
    if (known.length > 0) yield known;
  }
  if (!reader.started) throw badArchive("it is empty");
  reader.finish();
  yield Buffer.alloc(2 * BLOCK);
}
