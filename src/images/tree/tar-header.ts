import { SandstackError } from "../../model/error";

export const BLOCK = 512;
/** Bytes of a name that people get to see. */
const MAX_SHOWN = 200;

/** What one entry of a tar archive is. Names are bytes, held as latin1. */
export interface TarEntry {
  path: string;
  kind: "file" | "hard link" | "symlink" | "device" | "directory" | "fifo" | "whiteout";
  mode: number;
  uid: number;
  gid: number;
  /** Bytes of data that follow in the archive. */
  size: number;
  /** The own size of a file with holes in GNU's pax format 1.0. Its data begins with a map (SparseMap). */
  sparse?: { size: number };
  /** Seconds since 1970, with a fraction where there is one. */
  mtime: string;
  /** Target of either kind of link. */
  link: string;
  /** Of a device: whether in characters or blocks, and its numbers. */
  device?: { kind: "c" | "b"; major: number; minor: number };
  /** Extended attributes and ACLs, as `[name, value]`, sorted. */
  attributes: readonly (readonly [string, string])[];
  /** The first attribute, if it has one, that only the kernel's own file systems write. */
  trusted?: string;
}

/** A header block, its fields as they stand. */
export interface RawHeader {
  type: string;
  size: number;
  path: string;
  link: string;
  mode: number;
  uid: number;
  gid: number;
  mtime: number;
  major: number;
  minor: number;
}

/**
 * Attributes that belong to a file wherever it is, with the one mark of overlayfs that says something of a layer's
 * content; the others (SELinux labels, what overlayfs notes for itself) are their machine's.
 */
const CARRIED = /^SCHILY\.(acl\.|xattr\.(user\.|security\.capability$|trusted\.overlay\.opaque$))/;

const KINDS: Record<string, TarEntry["kind"]> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  S: "file",
  "1": "hard link",
  "2": "symlink",
  "3": "device",
  "4": "device",
  "5": "directory",
  "6": "fifo",
};

/** @throws SandstackError BAD_ARCHIVE for a block that is no header */
export function parseHeader(block: Buffer): RawHeader {
  if (number(block, 148, 8) !== checksum(block)) throw badArchive("it is not a tar archive, or damaged");
  const type = String.fromCharCode(block[156] as number);
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  return {
    type,
    size: number(block, 124, 12),
    path: prefix ? `${prefix}/${name}` : name,
    link: text(block, 157, 100),
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    mtime: number(block, 136, 12),
    major: number(block, 329, 8),
    minor: number(block, 337, 8),
  };
}

/** The entry that a header and the extended records before it make. */
export function makeEntry(raw: RawHeader, extended: ReadonlyMap<string, string>): TarEntry {
  const path = extended.get("GNU.sparse.name") ?? extended.get("path") ?? raw.path;
  const kind = KINDS[raw.type];
  if (!kind) throw badArchive(`${shown(path)} has the unknown type ${JSON.stringify(raw.type)}`);
  const trusted = [...extended.keys()].find((key) => key.startsWith("SCHILY.xattr.trusted."));
  const sparse = kind === "file" && extended.get("GNU.sparse.major") === "1" ? sparseOf(path, extended) : undefined;
  refuseOldSparse(path, extended);
  const device = { kind: raw.type === "3" ? ("c" as const) : ("b" as const), major: raw.major, minor: raw.minor };
  return {
    path,
    // Archives older than POSIX tell a directory by its name alone.
    kind: kind === "file" && path.endsWith("/") ? "directory" : kind,
    mode: raw.mode,
    uid: ownerId(path, extended.get("uid") ?? raw.uid),
    gid: ownerId(path, extended.get("gid") ?? raw.gid),
    size: dataBytes(raw, extended),
    mtime: timeOf(path, extended.get("mtime") ?? String(raw.mtime)),
    link: kind === "hard link" || kind === "symlink" ? linkOf(path, extended.get("linkpath") ?? raw.link) : "",
    ...(sparse ? { sparse } : {}),
    ...(kind === "device" ? { device } : {}),
    ...(trusted === undefined ? {} : { trusted }),
    attributes: [...extended].filter(([key]) => CARRIED.test(key)).sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

function sparseOf(path: string, extended: ReadonlyMap<string, string>): { size: number } {
  const size = Number(extended.get("GNU.sparse.realsize") ?? Number.NaN);
  const isKnown = extended.get("GNU.sparse.minor") === "0" && Number.isSafeInteger(size) && size >= 0;
  if (!isKnown) throw badArchive(`${shown(path)} is a sparse file of an unknown version, or of an impossible size`);
  return { size };
}

/** Formats whose map would have to be known from several records of one name, and which tar writes when asked for alone. */
function refuseOldSparse(path: string, extended: ReadonlyMap<string, string>): void {
  const isOld = [...extended.keys()].some((key) => /^GNU\.sparse\.(map|numblocks|offset|numbytes)$/.test(key));
  if (isOld)
    throw badArchive(
      `${shown(path)} is a sparse file of GNU's pax format 0; --sparse-version=1.0 makes one that is read`,
    );
}

/** The largest number means "as it is" to the kernel. */
function ownerId(path: string, given: string | number): number {
  const id = Number(given);
  if (Number.isInteger(id) && id >= 0 && id < 0xffff_ffff) return id;
  throw badArchive(`${shown(path)} has an impossible owner`);
}

function timeOf(path: string, given: string): string {
  if (!/^-?\d{1,15}(\.\d*)?$/.test(given)) throw badArchive(`${shown(path)} has an impossible time`);
  return given.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

function linkOf(path: string, link: string): string {
  if (!link.includes("\0")) return link;
  throw badArchive(`${shown(path)} links to a name with a zero byte`);
}

/** Bytes that follow a header, whatever it stands for. */
export function dataBytes(raw: RawHeader, extended: ReadonlyMap<string, string>): number {
  // Links, devices and directories have no data, whatever their size field says.
  if ("123456".includes(raw.type)) return 0;
  const size = Number(extended.get("size") ?? raw.size);
  if (!Number.isSafeInteger(size) || size < 0) throw badArchive(`${shown(raw.path)} has an impossible size`);
  return size;
}

/** The records of a pax header: `length key=value\n`, the length counting all of it. */
export function parsePax(data: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const length = Number(data.toString("latin1", at, space));
    const record = data.toString("latin1", space + 1, at + length - 1);
    const equals = record.indexOf("=");
    if (space < 0 || !(length > 0) || at + length > data.length || equals < 1)
      throw badArchive("a pax header is damaged");
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

export function badArchive(why: string): SandstackError {
  return new SandstackError("BAD_ARCHIVE", `The archive is refused: ${why}.`);
}

/** A name of an archive for people. */
export function shown(name: string): string {
  const text = Buffer.from(name.slice(0, MAX_SHOWN), "latin1").toString("utf8");
  return JSON.stringify(name.length > MAX_SHOWN ? `${text}…` : text);
}

function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += block[i] as number;
  return sum;
}

function text(block: Buffer, at: number, length: number): string {
  const field = block.toString("latin1", at, at + length);
  const end = field.indexOf("\0");
  return end < 0 ? field : field.slice(0, end);
}

/** Octal digits, or with the first bit set a big-endian number in two's complement. */
export function number(block: Buffer, at: number, length: number): number {
  if (((block[at] as number) & 0x80) !== 0) {
    return Number(BigInt.asIntN(8 * length - 1, BigInt(`0x${block.toString("hex", at, at + length)}`)));
  }
  const digits = text(block, at, length).trim();
  return digits === "" ? 0 : /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : Number.NaN;
}
