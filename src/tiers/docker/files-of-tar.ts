import { basename } from "node:path";

const BLOCK = 512;

/** The plain files of an archive that an engine made of a folder of ours, by name, with their text. */
export function filesOfTar(archive: Buffer): [string, string][] {
  const files: [string, string][] = [];
  for (let at = 0; at + BLOCK <= archive.length;) {
    const field = (from: number, length: number) =>
      archive.toString("latin1", at + from, at + from + length).replace(/\0[^]*$/, "");
    const size = Number.parseInt(field(124, 12), 8) || 0;
    const content = archive.toString("utf8", at + BLOCK, at + BLOCK + size);
    if (["0", ""].includes(field(156, 1)) && field(0, 100) !== "") files.push([basename(field(0, 100)), content]);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
