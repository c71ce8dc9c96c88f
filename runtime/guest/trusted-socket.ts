import { lstatSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { SandstackError } from "../../src/model/error";
import { trustedUsers, walk } from "../../src/model/trusted-place";

/** Directories that this process has looked at. */
const trusted = new Set<string>();

/**
 * Refuses a socket whose other end is not this user's own or root's: it would be told secrets, and believed. A connection
 * may come from anywhere, and so may name any path. As nobody else can change the directory, what is looked at is what
 * is connected to.
 * @throws SandstackError PERMISSION_DENIED naming the path, its owner and mode
 */
export function requireTrustedSocket(path: string): void {
  const folder = dirname(path);
  if (!trusted.has(folder)) {
    // In a sticky directory such as /tmp nobody else can exchange a socket of ours.
    const { distrust, whole } = walk(folder, { shared: true });
    if (distrust !== undefined) throw refused(path, `${distrust.path} ${distrust.why}`);
    if (whole) trusted.add(folder);
  }
  const found = look(path);
  if (found === undefined) return;
  if (!found.isSocket()) throw refused(path, "it is no socket");
  if (!trustedUsers().includes(found.uid)) throw refused(path, `it belongs to uid ${found.uid}`);
}

/** Looks at a path; `undefined` where nothing is there, which is for whoever connects to say. */
function look(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function refused(path: string, why: string): SandstackError {
  return new SandstackError("PERMISSION_DENIED", `connection: the socket ${path} is not believed: ${why}.`, {
    hint: "A sandbox's socket belongs to root or to you, in a directory that nobody else can write to.",
  });
}
