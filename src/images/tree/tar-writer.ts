import { BLOCK, type TarEntry } from "./tar-header";

const TYPES: Record<TarEntry["kind"], string> = {
  file: "0",
  "hard link": "1",
  symlink: "2",
  device: "3",
  whiteout: "3",
  directory: "5",
  fifo: "6",
};

/** What an octal field of n digits holds at most. */
const LIMITS = { id: 0o7777777, long: 0o77777777777 };

/**
 * The header blocks of an entry; its data follows, and {@link paddingOf} its size. In the POSIX format, with an extended
 * header just where a value does not fit: the same entry gives the same bytes, whatever tools a machine has.
 */
export function entryHeader(entry: TarEntry): Buffer {
  const records = extendedRecords(entry);
  if (records.length === 0) return ustar(entry, TYPES[entry.kind]);
  const data = Buffer.concat(records);
  const extended = { ...entry, path: "pax", link: "", mode: 0o644, uid: 0, gid: 0, mtime: "0", size: data.length };
  return Buffer.concat([ustar(extended, "x"), data, paddingOf(data.length), ustar(entry, TYPES[entry.kind])]);
}

/** The zeros that follow data of this many bytes. */
export function paddingOf(bytes: number): Buffer {
  return Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK);
}

/** What ends an archive. */
export const END = Buffer.alloc(2 * BLOCK);

function extendedRecords({ path, link, uid, gid, size, mtime, attributes, sparse }: TarEntry): Buffer[] {
  const wanted: [string, string, boolean][] = [
    ["gid", String(gid), gid > LIMITS.id],
    ["linkpath", link, link.length > 100],
    ["mtime", mtime, !/^\d{1,11}$/.test(mtime) || Number(mtime) > LIMITS.long],
    ["path", path, path.length > 100],
    ["size", String(size), size > LIMITS.long],
    ["uid", String(uid), uid > LIMITS.id],
    ["GNU.sparse.major", "1", sparse !== undefined],
    ["GNU.sparse.minor", "0", sparse !== undefined],
    ["GNU.sparse.name", path, sparse !== undefined],
    ["GNU.sparse.realsize", String(sparse?.size), sparse !== undefined],
  ];
  const values = wanted.filter(([, , needed]) => needed).map(([name, value]) => [name, value] as const);
  return [...attributes, ...values].map(([name, value]) => record(name, value));
}

/** `length key=value\n`, where the length counts its own digits. Names and values are bytes held as latin1. */
function record(name: string, value: string): Buffer {
  const rest = ` ${name}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length += 1;
  return Buffer.from(`${length}${rest}`, "latin1");
}

function ustar(entry: TarEntry, type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number, limit: number) =>
    block.write((value > limit ? 0 : value).toString(8).padStart(length - 1, "0"), at, "latin1");
  block.write(entry.path.slice(0, 100), 0, "latin1");
  octal(entry.mode, 100, 8, LIMITS.id);
  octal(entry.uid, 108, 8, LIMITS.id);
  octal(entry.gid, 116, 8, LIMITS.id);
  octal(entry.size, 124, 12, LIMITS.long);
  octal(Math.max(0, Math.floor(Number(entry.mtime))), 136, 12, LIMITS.long);
  block.write("        ", 148, "latin1");
  block.write(type, 156, "latin1");
  block.write(entry.link.slice(0, 100), 157, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  octal(entry.device?.major ?? 0, 329, 8, LIMITS.id);
  octal(entry.device?.minor ?? 0, 337, 8, LIMITS.id);
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += block[i] as number;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
