import type { TarEntry } from "./tar-header";
import type { TarHandler } from "./tar-reader";

/** On a directory: nothing of this directory in the layers below shows. */
export const OPAQUE: readonly [string, string] = ["SCHILY.xattr.trusted.overlay.opaque", "y"];

export function isOpaque({ attributes }: Pick<TarEntry, "attributes">): boolean {
  return attributes.some(([name, value]) => name === OPAQUE[0] && value === OPAQUE[1]);
}

/**
 * Passes the entries of a layer on, those that hide a name of the layers below (a character device 0:0; overlayfs makes
 * many of them hard links to one) as what they are: of a whiteout nothing counts but its name.
 */
export class Whiteouts implements TarHandler {
  private readonly paths = new Set<string>();

  constructor(private readonly next: TarHandler) {}

  entry(entry: TarEntry): void {
    if (!this.isWhiteout(entry)) return this.next.entry(entry);
    this.paths.add(entry.path);
    this.next.entry(whiteout(entry.path));
  }

  data(piece: Buffer): void {
    this.next.data(piece);
  }

  done(): void {
    this.next.done();
  }

  private isWhiteout({ kind, link, device }: TarEntry): boolean {
    if (kind === "hard link") return this.paths.has(link);
    return device?.kind === "c" && device.major === 0 && device.minor === 0;
  }
}

/** The entry of a name that is hidden. */
export function whiteout(path: string): TarEntry {
  return { path, kind: "whiteout", mode: 0, uid: 0, gid: 0, size: 0, mtime: "0", link: "", attributes: [] };
}
