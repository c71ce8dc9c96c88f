import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readSync } from "node:fs";
import type { Readable } from "node:stream";
import { requireTool } from "./require";
import { startTool } from "./run-tool";

/** Compressions by the bytes they begin with; the Debian package has the tool's name but for xz. */
const COMPRESSIONS = [
  { magic: "1f8b", tool: "gzip", debianPackage: "gzip" },
  { magic: "fd377a585a00", tool: "xz", debianPackage: "xz-utils" },
  { magic: "28b52ffd", tool: "zstd", debianPackage: "zstd" },
];

/**
 * Starts what decompresses a file, fed from a stream of it; `undefined` for one that is not compressed.
 * @throws SandstackError MISSING_TOOL
 */
export function startDecompressor(file: string, from: Readable, signal?: AbortSignal): ChildProcess | undefined {
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
