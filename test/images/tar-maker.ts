/** One entry of an archive made by hand, so that it can say what no honest tar would write. */
export interface MadeEntry {
  path: string;
  /** The type's letter: 0 file, 1 hard link, 2 symlink, 3 and 4 devices, 5 directory, 6 fifo, x pax header. */
  type?: string;
  link?: string;
  content?: string | Buffer;
  mode?: number;
  uid?: number;
  gid?: number;
  mtime?: number;
  /** The size that the header says of the content, where that is not so. */
  size?: number;
  /** Bytes of the header block to be written over: where, and what. The checksum fits. */
  fields?: readonly (readonly [at: number, bytes: Buffer])[];
  device?: readonly [number, number];
  /** Records of a pax header before the entry. */
  pax?: Readonly<Record<string, string>>;
}

/** A ustar archive of these entries, with its end mark. */
export function makeTar(entries: readonly MadeEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(entryBlocks), Buffer.alloc(1024)]);
}

export function directory(path: string): MadeEntry {
  return { path, type: "5", mode: 0o755 };
}

function entryBlocks(entry: MadeEntry): Buffer[] {
  const content = Buffer.from(entry.content ?? "");
  const records = Object.entries(entry.pax ?? {}).map(([key, value]) => paxRecord(key, value));
  const before = records.length > 0 ? entryBlocks({ path: "pax", type: "x", content: Buffer.concat(records) }) : [];
  return [
    ...before,
    header(entry, entry.size ?? content.length),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ];
}

function header(entry: MadeEntry, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  block.write(entry.path, 0, 100, "latin1");
  octal(entry.mode ?? 0o644, 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(entry.mtime ?? 1, 136, 12);
  block.write("        ", 148, "latin1");
  block.write(entry.type ?? "0", 156, "latin1");
  block.write(entry.link ?? "", 157, 100, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  const [major, minor] = entry.device ?? [0, 0];
  octal(major, 329, 8);
  octal(minor, 337, 8);
  for (const [at, bytes] of entry.fields ?? []) bytes.copy(block, at);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** A record counts its own length, digits included. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length += 1;
  return Buffer.from(`${length} ${key}=${value}\n`);
}
