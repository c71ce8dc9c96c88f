import type { Fields } from "../../src/model/fields";
import { EntryKind, Tag } from "../../src/model/protocol";

export type FileType = "file" | "dir" | "symlink" | "other";

/** What was written, and where. */
export interface WriteInfo {
  name: string;
  /** Absolute. */
  path: string;
  type: FileType;
}

/** A file, directory or link in a sandbox. */
export interface EntryInfo extends WriteInfo {
  /** Bytes. */
  size: number;
  /** Permission bits, e.g. 0o644. */
  mode: number;
  /** The same for people, e.g. `rw-r--r--`. */
  permissions: string;
  /** A user's name; the number where it has none. */
  owner: string;
  group: string;
  modifiedTime: Date;
  /** Of a symlink, as it is written in it. */
  symlinkTarget?: string;
}

const TYPES: Record<number, FileType> = {
  [EntryKind.FILE]: "file",
  [EntryKind.DIRECTORY]: "dir",
  [EntryKind.SYMLINK]: "symlink",
};

export function typeOf(kind: number | undefined): FileType {
  return TYPES[kind ?? 0] ?? "other";
}

export function entryOf(fields: Fields): EntryInfo {
  const mode = fields.number(Tag.MODE) ?? 0;
  return {
    name: fields.text(Tag.NAME) ?? "",
    path: fields.text(Tag.PATH) ?? "",
    type: typeOf(fields.number(Tag.KIND)),
    size: fields.number(Tag.SIZE) ?? 0,
    mode,
    permissions: formatMode(mode),
    owner: fields.text(Tag.USER) ?? String(fields.number(Tag.UID)),
    group: fields.text(Tag.GROUP) ?? String(fields.number(Tag.GID)),
    modifiedTime: modifiedOf(fields),
    symlinkTarget: fields.text(Tag.TARGET),
  };
}

/** A time before 1970, or centuries ahead, comes in whole seconds besides. */
function modifiedOf(fields: Fields): Date {
  const nanoseconds = fields.number(Tag.MTIME) ?? 0;
  const seconds = fields.signed(Tag.MTIME_SECONDS) ?? 0;
  return new Date(seconds * 1e3 + nanoseconds / 1e6);
}

/** Permission bits as `ls` shows them. */
export function formatMode(mode: number): string {
  const bits = [...Array(9).keys()].map((i) => (mode & (0o400 >> i) ? ("rwx"[i % 3] as string) : "-"));
  const special = (bit: number, at: number, letter: string) => {
    if (mode & bit) bits[at] = bits[at] === "x" ? letter : letter.toUpperCase();
  };
  special(0o4000, 2, "s");
  special(0o2000, 5, "s");
  special(0o1000, 8, "t");
  return bits.join("");
}
