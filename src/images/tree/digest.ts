import { createHash, type Hash } from "node:crypto";
import { SandstackError } from "../../model/error";
import { readTree } from "./read-tree";
import { shown, type TarEntry } from "./tar-header";
import type { TarHandler } from "./tar-reader";

export interface TreeDigest {
  /** sha256 in hex over the tree's listing. */
  digest: string;
  /** Bytes of its regular files, a file with many names counted once. */
  sizeBytes: number;
}

/**
 * The digest of a directory tree: sha256 over one line per entry, in order of name, of path, kind, mode, owner, time,
 * link, attributes, size and content. The lines are ours, so that the digest does not depend on how a version of tar
 * writes its headers. Holes count as the zeros that they are read as.
 * @param holes bytes of them that the tree may have
 * @throws SandstackError BAD_ARCHIVE for a device in the tree that is no whiteout, LIMIT for too many holes, naming it
 */
export async function digestTree(directory: string, signal?: AbortSignal, holes?: number): Promise<TreeDigest> {
  const listing = new Listing();
  await readTree(directory, listing, signal, undefined, holes);
  return listing.result();
}

class Listing implements TarHandler {
  private readonly all = createHash("sha256");
  private content: Hash | undefined;
  private current: TarEntry | undefined;
  private sizeBytes = 0;

  entry(entry: TarEntry): void {
    if (entry.device) {
      throw new SandstackError("BAD_ARCHIVE", `The image is refused: ${shown(entry.path)} is a device.`, {
        hint: "Sandboxes get a /dev of their own; leave devices out.",
      });
    }
    this.current = entry;
    if (entry.kind === "file") this.content = createHash("sha256");
  }

  data(piece: Buffer): void {
    this.content?.update(piece);
  }

  done(): void {
    const entry = this.current as TarEntry;
    const { path, kind, mode, uid, gid, mtime, link, attributes, size } = entry;
    const content = this.content?.digest("hex") ?? "";
    this.content = undefined;
    this.sizeBytes += size;
    this.all.update(`${JSON.stringify([path, kind, mode, uid, gid, mtime, link, attributes, size, content])}\n`);
  }

  result(): TreeDigest {
    return { digest: this.all.digest("hex"), sizeBytes: this.sizeBytes };
  }
}
