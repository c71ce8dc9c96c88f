import { createHash, type Hash } from "node:crypto";
import { readTree } from "./read-tree";
import type { TarEntry } from "./tar-header";
import type { TarHandler } from "./tar-reader";
import { isOpaque, OPAQUE } from "./whiteouts";

/** One name of a tree. Of a further name of a file (a hard link) `link` is the first, and all else is the first's. */
export interface TreeFile extends Omit<TarEntry, "path" | "device" | "trusted" | "sparse"> {
  /** Of a file, sha256 of its content in hex. */
  content: string;
}

/** What stands in a tree, by its path as tar names it: bytes held as latin1, `.` for the root, `./etc/passwd`. */
export type Tree = ReadonlyMap<string, TreeFile>;

/** Reads all of an image: layers, the topmost first, as overlayfs shows them on top of each other. */
export async function listLayers(roots: readonly string[], signal?: AbortSignal): Promise<Tree> {
  const trees: Tree[] = [];
  for (const root of roots) trees.push(await listTree(root, signal));
  return stack(trees);
}

/** Reads one tree by itself, whiteouts and all. */
export async function listTree(root: string, signal?: AbortSignal): Promise<Tree> {
  const files = new Collector();
  await readTree(root, files, signal);
  return files.found;
}

/** One tree of several, the topmost first. */
export function stack(trees: readonly Tree[]): Tree {
  const all = new Map<string, TreeFile>();
  for (const tree of [...trees].reverse()) {
    for (const [path, file] of tree) {
      const covers = file.kind !== "directory" || isOpaque(file) || all.get(path)?.kind !== "directory";
      if (covers) removeBelow(all, path);
      if (file.kind === "whiteout") all.delete(path);
      else all.set(path, { ...file, attributes: file.attributes.filter(([name]) => name !== OPAQUE[0]) });
    }
  }
  return all;
}

function removeBelow(all: Map<string, TreeFile>, path: string): void {
  if (all.get(path)?.kind !== "directory") return;
  for (const name of all.keys()) if (name.startsWith(`${path}/`)) all.delete(name);
}

class Collector implements TarHandler {
  readonly found = new Map<string, TreeFile>();
  private current: TarEntry | undefined;
  private content: Hash | undefined;

  entry(entry: TarEntry): void {
    this.current = entry;
    if (entry.kind === "file") this.content = createHash("sha256");
  }

  data(piece: Buffer): void {
    this.content?.update(piece);
  }

  done(): void {
    const { path, kind, mode, uid, gid, size, mtime, link, attributes } = this.current as TarEntry;
    const content = this.content?.digest("hex") ?? "";
    this.content = undefined;
    const first = kind === "hard link" ? this.found.get(link) : undefined;
    const own = { kind, mode, uid, gid, size, mtime, link, attributes, content };
    // tar ends a directory's name with a slash.
    this.found.set(path.replace(/(?<=.)\/$/, ""), first ? { ...first, link } : own);
  }
}
