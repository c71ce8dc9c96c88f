import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { SandstackError } from "../../model/error";
import { ensureShelves, shelfPath } from "../ledger/shelf";
import { errnoOf } from "../system/system-error";

export const GUEST_BINARY = "sandstack-guest";
/** What a launcher wants to find or mounts over. */
const FOLDERS = ["usr", "proc", "sys", "dev", "run", "tmp", "etc", "var"];

/** The compiled binary beside the sources, or beside dist/; `undefined` where it was not built for this processor. */
export function findGuestBinary(): string | undefined {
  const path = join("guest", "bin", `linux-${process.arch}`, GUEST_BINARY);
  return ["../../..", "../../../.."].map((up) => resolve(__dirname, up, path)).find((found) => existsSync(found));
}

/** By state directory; a create has no time to read the binary each time. */
const installed = new Map<string, string>();

/**
 * The tiny read-only root that guests run from, made where it is missing: `guest/<digest>/`, so that a new version of
 * the package leaves running sandboxes theirs.
 * @throws SandstackError MISSING_TOOL where the package has no binary for this processor
 */
export function guestRoot(): string {
  const shelf = shelfPath("guest");
  const known = installed.get(shelf);
  if (known !== undefined) return known;
  const binary = findGuestBinary();
  if (binary === undefined) throw noBinary();
  const content = readFileSync(binary);
  const root = join(shelf, createHash("sha256").update(content).digest("hex").slice(0, 32));
  if (!existsSync(root)) install(content, root);
  installed.set(shelf, root);
  return root;
}

function install(content: Buffer, root: string): void {
  ensureShelves();
  const making = mkdtempSync(`${root}.`);
  try {
    for (const folder of FOLDERS) mkdirSync(join(making, folder));
    writeProgram(join(making, GUEST_BINARY), content);
    chmodSync(making, 0o755);
    renameSync(making, root);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    // Somebody was faster: theirs is the same.
    if (errnoOf(error) !== "ENOTEMPTY" && errnoOf(error) !== "EEXIST") throw error;
  }
}

/** Synced, because the state directory outlives a power cut, and an empty program would stay. */
function writeProgram(path: string, content: Buffer): void {
  const file = openSync(path, "wx", 0o755);
  try {
    for (let at = 0; at < content.length;) at += writeSync(file, content, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function noBinary(): SandstackError {
  return new SandstackError("MISSING_TOOL", `The guest binary for linux-${process.arch} is not there.`, {
    hint: "The package has it for x64 and arm64; in a checkout, `make -C guest` builds it (needs gcc and make).",
  });
}
