import { closeSync, openSync, readSync } from "node:fs";
import type { Readable } from "node:stream";
import { badArchive } from "../tree/tar-header";
import { requireTool } from "./require";
import { endOfTool, startTool, throwIfAborted } from "./run-tool";

/**
 * Compressions by the bytes they begin with; the Debian package has the tool's name but for xz. None takes more memory
 * than this machine has: the largest preset of xz wants 65 MiB, and zstd refuses windows over 128 MiB by itself.
 */
const COMPRESSIONS = [
  { magic: "1f8b", tool: "gzip", debianPackage: "gzip", args: [] },
  { magic: "fd377a585a00", tool: "xz", debianPackage: "xz-utils", args: ["--memlimit-decompress=256MiB"] },
  { magic: "28b52ffd", tool: "zstd", debianPackage: "zstd", args: [] },
];

/**
 * The content of a file, decompressed where it is compressed, from a stream of its bytes.
 * @throws SandstackError MISSING_TOOL; BAD_ARCHIVE for compressed data that is damaged, or wants too much memory
 */
export async function* readUnpacked(file: string, from: Readable, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const compression = COMPRESSIONS.find(({ magic }) => firstBytes(file).startsWith(magic));
  if (!compression) {
    yield* from as AsyncIterable<Buffer>;
    return;
  }
  const path = requireTool(compression.tool, compression.debianPackage);
  const child = startTool([path, ...compression.args, "-dc"], { signal, stdio: ["pipe", "pipe", "pipe"] });
  from.pipe(child.stdin as NodeJS.WritableStream);
  let unread: Error | undefined;
  from.once("error", (error) => {
    unread = error;
    child.kill("SIGKILL");
  });
  const ended = endOfTool(child);
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const { exitCode, tail } = await ended;
    throwIfAborted(signal);
    if (unread) throw unread;
    const said = (tail.join("; ") || `exit code ${exitCode}`).replace(/[.\s]+$/, "");
    if (exitCode !== 0) throw badArchive(`it can't be decompressed (${said})`);
  } finally {
    from.destroy();
    child.kill("SIGKILL");
    await ended;
  }
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
