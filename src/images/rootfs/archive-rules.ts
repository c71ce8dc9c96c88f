import { badArchive, shown, type TarEntry } from "../tree/tar-header";
import { isCommonDevice } from "./device";

/** What an archive of a root file system may hold, looked at entry by entry in its order. */
export class ArchiveRules {
  /** Names seen so far that a hard link may mean. */
  private readonly names = new Set<string>();
  private readonly links = new Set<string>();

  /** What is on top of what was looked at so far: it may mean names of it, and replace its links. */
  nextLayer(): void {
    this.links.clear();
  }

  /** @returns the entry with its names in their one form @throws SandstackError BAD_ARCHIVE naming the entry */
  check(entry: TarEntry): TarEntry {
    const path = this.ownPath(entry);
    this.checkParents(entry, path);
    const target = entry.kind === "hard link" ? this.linkTarget(entry) : undefined;
    if (entry.kind === "symlink") checkSymlink(entry, path);
    if (entry.device && !isCommonDevice(path, entry.device.kind, entry.device.major, entry.device.minor)) {
      throw badArchive(`${shown(entry.path)} is a device`);
    }
    // A hard link to a link is one, too.
    if (entry.kind === "symlink" || (target !== undefined && this.links.has(target))) this.links.add(path);
    else this.links.delete(path);
    if (entry.kind !== "directory") this.names.add(path);
    const name = entry.kind === "directory" && path !== "" ? `./${path}/` : `./${path}`;
    return { ...entry, path: name, ...(target === undefined ? {} : { link: `./${target}` }) };
  }

  private ownPath(entry: TarEntry): string {
    const path = normalized(entry.path);
    if (path === undefined) throw badArchive(`${shown(entry.path)} is outside the archive's root`);
    if (path === "" && entry.kind !== "directory") throw badArchive("its root is not a directory");
    return path;
  }

  private checkParents(entry: TarEntry, path: string): void {
    for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
      const parent = path.slice(0, slash);
      if (this.links.has(parent)) throw badArchive(`${shown(entry.path)} goes through the link ${shown(parent)}`);
    }
  }

  private linkTarget(entry: TarEntry): string {
    const target = normalized(entry.link);
    if (target !== undefined && this.names.has(target)) {
      this.checkParents(entry, target);
      return target;
    }
    throw badArchive(
      `${shown(entry.path)} is a hard link to ${shown(entry.link)}, which is not in the archive before it`,
    );
  }
}

/** An absolute target begins at the image's root and so stays inside; a relative one must not climb above it. */
function checkSymlink(entry: TarEntry, path: string): void {
  if (entry.link.startsWith("/")) return;
  let depth = path.split("/").length - 1;
  for (const part of entry.link.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) throw badArchive(`${shown(entry.path)} links to ${shown(entry.link)}, outside the archive's root`);
  }
}

/** A name without `.` and doubled slashes; `undefined` for an absolute one and for one with `..`. */
function normalized(name: string): string | undefined {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  return name.startsWith("/") || parts.includes("..") || name.includes("\0") ? undefined : parts.join("/");
}
