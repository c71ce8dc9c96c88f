import { AsyncLocalStorage } from "node:async_hooks";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { statePath } from "../../model/state-dir";

/**
 * What the store keeps, beside one `<digest>.json` for each image. `layers` holds set-user-id files as its images have
 * them: nobody but root may reach them. apt's own user must get through `tmp` to what it downloads; the names in it
 * cannot be guessed.
 */
const SHELVES = {
  ...{ layers: 0o700, recipes: 0o700, pins: 0o700, logs: 0o700 },
  ...{ debs: 0o755, blobs: 0o700, wheels: 0o700, tarballs: 0o700 },
  ...{ locks: 0o700, tmp: 0o711 },
};

/**
 * What is fetched to make layers of, each file named by the hash of its content: it is the same in every store, so the
 * machine has it once.
 */
export const FETCHED = ["debs", "blobs", "wheels", "tarballs"] as const;

const elsewhere = new AsyncLocalStorage<string>();

/** A path in the image store: this machine's, or the one that `body` of {@link withStoreIn} works in. */
export function storePath(...parts: string[]): string {
  const own = (FETCHED as readonly (string | undefined)[]).includes(parts[0]) ? undefined : elsewhere.getStore();
  return own === undefined ? statePath("images", ...parts) : join(own, ...parts);
}

/** Runs `body` with a store in another folder. */
export function withStoreIn<T>(folder: string, body: () => Promise<T>): Promise<T> {
  return elsewhere.run(folder, body);
}

/** Makes the store's folders where they are missing. */
export function ensureStore(): void {
  for (const [shelf, mode] of Object.entries(SHELVES)) {
    const made = mkdirSync(storePath(shelf), { recursive: true });
    // The mode of mkdir is less the umask's.
    if (made !== undefined) chmodSync(storePath(shelf), mode);
  }
}
