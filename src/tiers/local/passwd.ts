import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, ifThere } from "../system/system-error";

/** No list of accounts is longer; what is was written by a payload, to be read by us. */
const MAX_BYTES = 1 << 18;
/** Which colon-separated columns of a line are ids. */
const ID_COLUMNS = { passwd: [2, 3], group: [2] } as const;
export type AccountFile = keyof typeof ID_COLUMNS;

/** An account file with every id moved up, as it is to be read where no user namespace hides the real ids. */
export function shiftIds(kind: AccountFile, text: string, base: number): string {
  const columns: readonly number[] = ID_COLUMNS[kind];
  const shift = (value: string, column: number) =>
    columns.includes(column) && /^\d+$/.test(value) ? String(Number(value) + base) : value;
  return text
    .split("\n")
    .map((line) => (line.startsWith("#") ? line : line.split(":").map(shift).join(":")))
    .join("\n");
}

/**
 * An account file of a root file system: from the topmost layer that has it, `undefined` where none has or an upper one
 * has removed it. Layers may be a payload's own work: a link in one of them must not lead out, so none is followed.
 */
export function readAccountFile(layers: readonly string[], kind: AccountFile): string | undefined {
  for (const layer of layers) {
    const found = lookInLayer(layer, kind);
    if (found === "removed") return undefined;
    if (found !== "absent") return found.text;
  }
  return undefined;
}

function lookInLayer(layer: string, kind: AccountFile): { text: string } | "absent" | "removed" {
  const folder = ifThere(() => lstatSync(join(layer, "etc")));
  if (!folder) return "absent";
  if (!folder.isDirectory()) return "removed";
  const path = join(layer, "etc", kind);
  const file = ifThere(() => lstatSync(path));
  if (!file) return "absent";
  // A whiteout is a character device; a link, a pipe or a folder is no account file either.
  return file.isFile() ? readBounded(path) : "removed";
}

function readBounded(path: string): { text: string } | "removed" {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === "ELOOP") return "removed";
    throw error;
  }
  try {
    const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, MAX_BYTES));
    return { text: bytes.toString("utf8", 0, readSync(fd, bytes, 0, bytes.length, 0)) };
  } finally {
    closeSync(fd);
  }
}
