import { createHash, type Hash } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import { isCommonDevice } from "./device";

/**
 * Tells a directory tree from what it was before without reading it: names, sizes, times and inodes, as `make` would.
 * @throws SandstackError BAD_ARCHIVE for a device in it, naming it
 */
export function fingerprintTree(root: string): string {
  const hash = createHash("sha256");
  walk(root, "", lstatSync(root, { bigint: true }).dev, hash);
  return hash.digest("hex");
}

/** The same of one file. */
export function fingerprintFile(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(" ");
}

/** File systems mounted in the tree are not of it. */
function walk(root: string, inside: string, device: bigint, hash: Hash): void {
  const path = join(root, inside);
  const stats = lstatSync(path, { bigint: true });
  hash.update(`${inside}\0${stats.mode} ${stats.uid} ${stats.gid} ${fingerprintFile(stats)}\n`);
  refuseDevice(root, inside, stats);
  if (!stats.isDirectory() || stats.dev !== device) return;
  for (const name of readdirSync(path).sort()) walk(root, join(inside, name), device, hash);
}

function refuseDevice(root: string, inside: string, stats: BigIntStats): void {
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return;
  const number = Number(stats.rdev);
  const major = (number >> 8) & 0xfff;
  const minor = (number & 0xff) | ((number >> 12) & 0xfff00);
  if (isCommonDevice(inside, stats.isBlockDevice() ? "b" : "c", major, minor)) return;
  throw new SandstackError("BAD_ARCHIVE", `from.rootfs: ${root} is refused: "${inside}" is a device.`, {
    hint: "Sandboxes get a /dev of their own; leave devices out.",
  });
}
