const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

/** What ends an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** What fills a member's last block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/**
 * The header of a plain file as Go's archive/tar writes it: mode 600, no owner, no time. A name that is too long for it
 * is cut, which changes the hash and nothing else.
 */
export function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const [prefix, short] = splitName(name);
  header.write(short, 0, NAME_BYTES);
  header.write("0000600\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write("0000000\0", 329);
  header.write("0000000\0", 337);
  header.write(prefix, 345, PREFIX_BYTES);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function splitName(name: string): [prefix: string, name: string] {
  if (Buffer.byteLength(name) <= NAME_BYTES) return ["", name];
  const cut = name.lastIndexOf("/", PREFIX_BYTES);
  return cut <= 0 ? ["", name] : [name.slice(0, cut), name.slice(cut + 1)];
}
