import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { invalidOption } from "../../model/error";
import { runDir } from "../../model/state-dir";

/** `sun_path` takes 108 bytes, the last of them a NUL. */
const MAX_BYTES = 107;

/**
 * Where a sandbox is reached.
 * @throws SandstackError INVALID_OPTION where the kernel takes no path that long
 */
export function socketPath(id: string): string {
  const path = join(runDir(), `${id}.sock`);
  const room = MAX_BYTES - Buffer.byteLength(`/${id}.sock`);
  if (Buffer.byteLength(path) <= MAX_BYTES) return path;
  throw invalidOption(
    "SANDSTACK_RUN_DIR",
    runDir(),
    `a path of at most ${room} bytes, for a socket's is at most ${MAX_BYTES}`,
  );
}

/** On a tmpfs: gone after a boot, so looked at each time. Everybody may enter; who may connect is up to each socket. */
export function ensureRunDir(): void {
  mkdirSync(runDir(), { recursive: true, mode: 0o755 });
  // Somebody else may have made it just now: what stands is looked at again.
  runDir();
}
