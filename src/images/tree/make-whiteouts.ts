import { endOfTool, startTool, toolFailed } from "../tool/run-tool";
import { BLOCK } from "./tar-header";

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
  tar.stdin?.end(Buffer.concat([...paths.map(entryOf), Buffer.alloc(2 * BLOCK)]));
  const end = await ended;
  if (end.exitCode !== 0) throw toolFailed("tar", end);
}

/** A pax header with the whole path, for the field of a header has room for 100 bytes, and the device. */
function entryOf(path: string): Buffer {
  const record = paxRecord("path", `.${path}`);
  const padded = Buffer.alloc(Math.ceil(record.length / BLOCK) * BLOCK);
  record.copy(padded);
  return Buffer.concat([header("x", record.length), padded, header("3", 0)]);
}

/** `length key=value\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function header(type: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (at: number, text: string) => block.write(text, at, "latin1");
  const octal = (at: number, length: number, value: number) => put(at, value.toString(8).padStart(length - 1, "0"));
  put(0, "whiteout");
  for (const at of [100, 108, 116, 329, 337]) octal(at, 8, 0);
  octal(124, 12, size);
  octal(136, 12, 0);
  put(148, " ".repeat(8));
  put(156, type);
  put(257, "ustar\u000000");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}
