import { closeSync, lstatSync, openSync, readdirSync, readSync, rmdirSync, rmSync } from "node:fs";

/** Folders whose content is of the moment. */
const EMPTIED = ["/tmp", "/var/tmp", "/run", "/dev", "/proc", "/sys"];
/** What tools keep for themselves. */
const DROPPED = ["/root/.cache", "/root/.npm"];
/** Folders whose files may be lost at any time, but whose folders are expected to be there. */
const FILES_LOST = ["/var/log", "/var/cache"];
/** Where Debian's packages keep the answers to their questions. */
const KEPT = "/var/cache/debconf";
/** dpkg and its like keep the version before beside a file. */
const BACKUP = /^\/var\/(lib\/dpkg|cache\/debconf)\/[^/]+-old$/;
const BYTECODE = /\/__pycache__\/[^/]+\.pyc$/;

/**
 * Takes out of a layer what tools leave that differs from one run to the next, and nobody misses. Folders are gone into
 * from the top, one by one: what was a folder may be a link by now, and lead anywhere.
 */
export function removeNoise(tree: string, path = ""): void {
  for (const name of readdirSync(tree + path)) {
    const child = `${path}/${name}`;
    if (EMPTIED.includes(path) || DROPPED.includes(child)) rmSync(tree + child, { recursive: true, force: true });
    else if (isDirectory(tree + child)) {
      removeNoise(tree, child);
      if (name === "__pycache__" && readdirSync(tree + child).length === 0) rmdirSync(tree + child);
    } else if (isNoise(tree, child)) rmSync(tree + child);
  }
}

function isNoise(tree: string, path: string): boolean {
  if (BACKUP.test(path)) return true;
  if (BYTECODE.test(path)) return lstatSync(tree + path).isFile() && !isByContent(tree + path);
  return !isIn(KEPT, path) && FILES_LOST.some((folder) => isIn(folder, path)) && lstatSync(tree + path).isFile();
}

/**
 * Bytecode that is tied to its source by a hash, or not at all, is good wherever it is; what is tied by a time is made
 * anew once times are other ones (PEP 552: bit 0 of the second word).
 */
function isByContent(path: string): boolean {
  const head = Buffer.alloc(8);
  const fd = openSync(path, "r");
  try {
    return readSync(fd, head) === 8 && (head.readUInt32LE(4) & 1) === 1;
  } finally {
    closeSync(fd);
  }
}

function isIn(folder: string, path: string): boolean {
  return path.startsWith(`${folder}/`);
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
