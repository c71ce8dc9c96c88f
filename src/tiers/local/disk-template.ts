import { execFile } from "node:child_process";
import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdtempSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { SandstackError } from "../../model/error";
import { shelfPath } from "../ledger/shelf";
import { requireTool } from "../system/tool";

const run = promisify(execFile);

/** Where the template of a size stands, made or not. */
export function diskTemplatePath(bytes: number): string {
  return shelfPath("templates", `ext4-${bytes}.img`);
}

/**
 * Makes the empty file system of a size that sandboxes with a disk limit are cloned from, unless it is there. Without a
 * journal: what is in it does not outlive a crash anyway, and it would write everything twice.
 */
export async function ensureDiskTemplate(bytes: number): Promise<void> {
  const path = diskTemplatePath(bytes);
  if (existsSync(path)) return;
  const mkfs = requireTool("mkfs.ext4", "e2fsprogs");
  const making = mkdtempSync(`${path}.`);
  try {
    const image = join(making, "image");
    const file = openSync(image, "wx", 0o600);
    try {
      ftruncateSync(file, bytes);
      await run(mkfs, ["-q", "-F", "-m", "0", "-O", "^has_journal", "-E", "root_owner=0:0", image]);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // Whoever made the same one meanwhile has made the same.
    renameSync(image, path);
  } catch (cause) {
    if (cause instanceof Error && "stderr" in cause) {
      throw new SandstackError("START_FAILED", `mkfs.ext4 failed: ${String(cause.stderr).trim()}`, { cause });
    }
    throw cause;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}
