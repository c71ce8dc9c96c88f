import { SandstackError } from "../../model/error";
import { HOLES_LIMIT } from "./hole-filler";
import { shown, type TarEntry } from "./tar-header";

/**
 * The bounds of what an archive may become. A root file system of real files packs to a third or a tenth; gzip packs
 * zeros to a thousandth, xz and zstd to far less. Small archives may be as odd as they like, and what is not packed has
 * no limit but the disk's.
 */
export const BOUNDS = {
  /** Bytes that an archive may always have, and so many times its packed size. */
  always: 2 ** 30,
  ratio: 100,
  /** Large images have some 100,000 entries. Names are kept in memory, for later ones may mean them. */
  entries: 2_000_000,
  names: 256 * 2 ** 20,
  /** The longest name and path that Linux takes, in bytes. */
  name: 255,
  path: 4095,
};

/** Holds an archive to its bounds, while it is read. */
export class ArchiveBounds {
  private bytes = 0;
  private entries = 0;
  private names = 0;
  private holes = 0;

  /** @param packed bytes of the archive's file */
  constructor(private readonly packed: number) {}

  /** So many bytes more were read. @throws SandstackError LIMIT */
  takeBytes(count: number): void {
    this.bytes += count;
    const most = Math.max(BOUNDS.always, BOUNDS.ratio * this.packed);
    if (this.bytes <= most) return;
    throw tooMuch(
      `its ${this.packed} bytes unpack to more than ${most}, and an archive may unpack to ${BOUNDS.ratio} times its size, or ${BOUNDS.always} bytes`,
      "If it is sound, give it unpacked: a directory, or an archive that is not compressed.",
    );
  }

  /** @throws SandstackError LIMIT naming the entry */
  takeEntry({ path }: TarEntry): void {
    this.entries += 1;
    this.names += path.length;
    if (path.length > BOUNDS.path || hasLongName(path)) {
      throw tooMuch(
        `${shown(path)} is too long: a name has at most ${BOUNDS.name} bytes, and a path ${BOUNDS.path}`,
        "No system could unpack it.",
      );
    }
    if (this.entries <= BOUNDS.entries && this.names <= BOUNDS.names) return;
    throw tooMuch(
      `it has more than ${BOUNDS.entries} entries, or ${BOUNDS.names} bytes of names`,
      "Leave files out, or pack those that belong together into one.",
    );
  }

  /** A file has so many bytes of holes, which are not in the archive. @throws SandstackError LIMIT naming it */
  takeHoles({ path, size }: TarEntry, count: number): void {
    this.holes += count;
    if (this.holes <= HOLES_LIMIT) return;
    throw tooMuch(
      `${shown(path)} says that it has ${size} bytes, and files may have ${HOLES_LIMIT} bytes of holes in all`,
      "Leave it out, and make it in the sandbox.",
    );
  }
}

/** Looks from slash to slash: an archive may have some 60,000 of the longest paths. */
function hasLongName(path: string): boolean {
  for (let start = 0; path.length - start > BOUNDS.name;) {
    const slash = path.indexOf("/", start);
    if (slash === -1 || slash - start > BOUNDS.name) return true;
    start = slash + 1;
  }
  return false;
}

function tooMuch(why: string, hint: string): SandstackError {
  return new SandstackError("LIMIT", `The archive is refused: ${why}.`, { hint });
}
