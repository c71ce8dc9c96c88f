import { AsyncLocalStorage } from "node:async_hooks";
import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../../model/make-folder";
import { statePath } from "../../model/state-dir";

/**
 * The folders that the store keeps, beside one `<digest>.json` for each image. Nobody but root may reach what an image
 * is made of, for a stranger's files may be set-user-id programs, and a user's own may be secrets. apt's own user must
 * get through `tmp`, and so through the store, to what it downloads: the names in it cannot be guessed, and lead to
 * nothing else.
 */
const SHELVES = {
  ...{ layers: 0o700, recipes: 0o700, pins: 0o700, logs: 0o700 },
  ...{ debs: 0o700, blobs: 0o700, wheels: 0o700, tarballs: 0o700 },
  ...{ locks: 0o700, tmp: 0o711 },
};
const STORE = 0o711;
const STATE = 0o755;

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

/** Makes the store's folders where they are missing, and closes those that an earlier version left open. */
export function ensureStore(): void {
  // The state directory's own mode is its owner's to choose.
  const made = mkdirSync(dirname(storePath()), { recursive: true, mode: STATE });
  if (made !== undefined) chmodSync(dirname(storePath()), STATE);
  const wasOpen = makeFolder(storePath(), STORE);
  for (const [shelf, mode] of Object.entries(SHELVES)) makeFolder(storePath(shelf), mode);
  if (wasOpen) closeWork();
}

/** Stores that this process has looked at. */
const closed = new Set<string>();

/** The same for somebody who only takes an image, and has no time to look each time. */
export function closeStore(): void {
  if (closed.has(storePath())) return;
  ensureStore();
  closed.add(storePath());
}

/** Closes what builds of an earlier version left, which had their tree where everybody may enter. */
function closeWork(): void {
  for (const work of readdirSync(storePath("tmp"))) {
    for (const name of readdirSync(storePath("tmp", work), { withFileTypes: true })) {
      if (name.isDirectory() && name.name === "layer") chmodSync(storePath("tmp", work, "layer"), 0o700);
    }
  }
}
