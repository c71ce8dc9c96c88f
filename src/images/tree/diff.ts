import { isDeepStrictEqual } from "node:util";
import type { Tree, TreeFile } from "./list";

/** In what two trees can differ at one path. */
export const DIFFERENCES = [
  "only in A",
  "only in B",
  "kind",
  "content",
  "mode",
  "owner",
  "time",
  "link",
  "xattr",
] as const;
export type DifferenceKind = (typeof DIFFERENCES)[number];

export interface TreeDifference {
  /** Absolute, inside. */
  path: string;
  /** One of the first two alone, or one or more of the others. */
  differs: readonly DifferenceKind[];
}

/** What differs between two trees, file by file, in order of path. */
export function diffTrees(a: Tree, b: Tree): TreeDifference[] {
  const paths = [...new Set([...a.keys(), ...b.keys()])].sort();
  return paths.flatMap((path) => {
    const differs = compare(a.get(path), b.get(path));
    return differs.length === 0 ? [] : [{ path: insidePath(path), differs }];
  });
}

function compare(a: TreeFile | undefined, b: TreeFile | undefined): DifferenceKind[] {
  if (!b) return ["only in A"];
  if (!a) return ["only in B"];
  if (a.kind !== b.kind) return ["kind"];
  const found: [DifferenceKind, boolean][] = [
    ["content", a.content !== b.content],
    ["mode", a.mode !== b.mode],
    ["owner", a.uid !== b.uid || a.gid !== b.gid],
    ["time", a.mtime !== b.mtime],
    ["link", a.link !== b.link],
    ["xattr", !isDeepStrictEqual(a.attributes, b.attributes)],
  ];
  return found.filter(([, differs]) => differs).map(([kind]) => kind);
}

/** The path for people: its bytes as UTF-8. */
function insidePath(path: string): string {
  return Buffer.from(path.slice(1) || "/", "latin1").toString("utf8");
}
