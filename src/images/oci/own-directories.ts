import { posix } from "node:path";
import { isText } from "../../model/is-text";
import { badArchive } from "../tree/tar-header";
import { makeDirectoryInside } from "../tree/edit";
import type { OciConfig } from "./layout";

/** Far more than any image declares. */
const MAX_DIRECTORIES = 256;

/** The directories that an engine makes of an image's config where its layers have none: WORKDIR, and each VOLUME. */
export function ownDirectories({ config }: OciConfig): string[] {
  const { WorkingDir, Volumes } = config ?? {};
  const named = [...(WorkingDir ? [WorkingDir] : []), ...Object.keys(Volumes ?? {})];
  if (named.length > MAX_DIRECTORIES) throw badArchive(`its config has ${named.length} volumes`);
  const odd = named.find((path) => !isText(path));
  if (odd !== undefined) throw badArchive(`its config has the directory ${JSON.stringify(odd)}`);
  // Engines do the same: a relative one begins at the root, and none leads above it.
  return [...new Set(named.map((path) => posix.join("/", path).replace(/(?<=.)\/$/, "")))].sort();
}

/**
 * Makes them as Docker does: root's, for everybody to enter. One that is there stays as it is.
 * @throws SandstackError BAD_ARCHIVE for one that can't be made
 */
export function makeOwnDirectories(tree: string, config: OciConfig): void {
  for (const path of ownDirectories(config)) {
    try {
      if (path !== "/") makeDirectoryInside(tree, path, { mode: 0o755, uid: 0, gid: 0 });
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === undefined || code === "ENOSPC") throw cause;
      throw badArchive(`the directory ${JSON.stringify(path)} of its config can't be made (${code})`);
    }
  }
}
