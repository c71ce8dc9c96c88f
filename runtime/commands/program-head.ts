const MAGIC = Buffer.from("\x7fELF\x02\x01", "latin1");
/** PT_INTERP: where a program names its loader. */
const INTERPRETER = 3;
/** The part of a first line that the kernel reads, in bytes. */
const LINE = 256;

/** Tells what executes a file, as its beginning says: a script's interpreter, or a program's loader. */
export interface ExecutedBy {
  kind: "interpreter" | "loader";
  path: string;
}

/** @param head the first bytes of a file */
export function executedBy(head: Buffer): ExecutedBy | undefined {
  const [, interpreter] = /^#![ \t]*([^ \t\n]+)/.exec(head.toString("utf8", 0, LINE)) ?? [];
  if (interpreter !== undefined) return { kind: "interpreter", path: interpreter };
  const loader = loaderOf(head);
  return loader === undefined ? undefined : { kind: "loader", path: loader };
}

/** Reads the loader of a program of 64 bits, little endian, as all are that run here. */
function loaderOf(head: Buffer): string | undefined {
  if (head.length < 64 || !head.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const [at, size, count] = [Number(head.readBigUInt64LE(32)), head.readUInt16LE(54), head.readUInt16LE(56)];
  for (let entry = at; entry < at + size * count && entry + 40 <= head.length; entry += Math.max(size, 56)) {
    if (head.readUInt32LE(entry) !== INTERPRETER) continue;
    const from = Number(head.readBigUInt64LE(entry + 8));
    const path = head.subarray(from, from + Number(head.readBigUInt64LE(entry + 32)));
    return path.toString("utf8").replace(/\0.*$/s, "") || undefined;
  }
  return undefined;
}
