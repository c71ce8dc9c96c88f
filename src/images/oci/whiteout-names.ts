import { SandstackError } from "../../model/error";
import { badArchive, shown, type TarEntry } from "../tree/tar-header";
import { isOpaque, OPAQUE } from "../tree/whiteouts";

/** In an OCI layer, `.wh.name` hides `name` of the layers below. */
const PREFIX = ".wh.";
/** And this file in a directory hides all that they have in it. */
const OPAQUE_NAME = ".wh..wh..opq";

/**
 * What an entry of a layer is in an OCI layer: one or two entries, whose names do not begin with `./`.
 * @throws SandstackError UNSUPPORTED for a file whose name would mean a whiteout there
 */
export function toOci(entry: TarEntry): TarEntry[] {
  const named = {
    ...entry,
    path: plainPath(entry.path),
    link: entry.kind === "hard link" ? plainPath(entry.link) : entry.link,
  };
  const [folder, name] = split(named.path);
  if (name.startsWith(PREFIX)) {
    throw new SandstackError(
      "UNSUPPORTED",
      `An OCI image cannot hold ${shown(`/${named.path}`)}: names that begin with ${PREFIX} have a meaning of their own there.`,
    );
  }
  if (entry.kind === "whiteout") return [marker(`${folder}${PREFIX}${name}`)];
  if (!isOpaque(entry)) return [named];
  const attributes = entry.attributes.filter(([key]) => key !== OPAQUE[0]);
  return [{ ...named, attributes }, marker(`${named.path === "./" ? "" : named.path}${OPAQUE_NAME}`)];
}

/** Turns the entries of an OCI layer back; one layer each. */
export class FromOci {
  private readonly directories = new Map<string, TarEntry>();

  /** @throws SandstackError BAD_ARCHIVE for a mark in a directory that is not in the layer before it */
  entry(entry: TarEntry): TarEntry {
    const [folder, name] = split(plainPath(entry.path));
    if (entry.kind === "directory") this.directories.set(plainPath(entry.path), entry);
    if (!name.startsWith(PREFIX)) return entry;
    if (name !== OPAQUE_NAME) {
      // Named as its neighbours are: tar would take one without `./` for another directory's, and close theirs.
      return { ...marker(`./${folder}${name.slice(PREFIX.length)}`), kind: "whiteout", mode: 0 };
    }
    const directory = this.directories.get(folder === "" ? "./" : folder);
    if (!directory) throw badArchive(`${shown(entry.path)} is in a directory that is not in the archive before it`);
    return { ...directory, attributes: [...directory.attributes, OPAQUE] };
  }
}

function marker(path: string): TarEntry {
  return { path, kind: "file", mode: 0o644, uid: 0, gid: 0, size: 0, mtime: "0", link: "", attributes: [] };
}

/** Without a `./` before it; the root itself stays `./`. */
function plainPath(path: string): string {
  return path.replace(/^(\.\/)+(?=.)/, "").replace(/^\.$/, "./");
}

/** The folder with its slash, and the name without one. */
function split(path: string): [string, string] {
  const slash = path.replace(/\/$/, "").lastIndexOf("/") + 1;
  return [path.slice(0, slash), path.slice(slash).replace(/\/$/, "")];
}
