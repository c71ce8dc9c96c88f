import { chmodSync, mkdirSync } from "node:fs";
import { statePath } from "../../model/state-dir";

/**
 * What the store keeps, beside one `<digest>.json` for each image. `layers` holds set-user-id files as its images have
 * them: nobody but root may reach them. apt's own user must get through `tmp` to what it downloads; the names in it
 * cannot be guessed.
 */
const SHELVES = {
  ...{ layers: 0o700, recipes: 0o700, pins: 0o700, logs: 0o700 },
  ...{ debs: 0o755, blobs: 0o700, locks: 0o700, tmp: 0o711 },
};

/** A path in the image store of this machine. */
export function storePath(...parts: string[]): string {
  return statePath("images", ...parts);
}

/** Makes the store's folders where they are missing. */
export function ensureStore(): void {
  for (const [shelf, mode] of Object.entries(SHELVES)) {
    const made = mkdirSync(storePath(shelf), { recursive: true });
    // The mode of mkdir is less the umask's.
    if (made !== undefined) chmodSync(storePath(shelf), mode);
  }
}
