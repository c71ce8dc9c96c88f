import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { textOf } from "../../model/byte-text";
import { invalidOption, SandstackError } from "../../model/error";
import { type FileAttributes, type FileSource, parseFileSource, parseMode } from "../../model/file-source";
import { hashFile } from "../tool/hash-file";
import { parseInsidePath } from "../tree/inside";
import { HOLES_LIMIT } from "../tree/hole-filler";
import { type Choice, choiceOf } from "./choice";

/** One thing of this machine that is to be in an image. */
export interface FileItem {
  /** Where it is to be, as the declaration says it: links of the image are not followed yet. */
  inside: string;
  /** Where it is on this machine, or what is to be in it. */
  source: { path: string } | { text: string };
  kind: "file" | "directory" | "symlink";
  /** Permission bits; those that would give another user's rights are not carried. */
  mode: number;
  /** Of a file, sha256 of its content; of a link, its target. */
  content: string;
  /** As the declaration names it; root where it does not. */
  owner?: string;
}

/** All of an item that shows in the image, however it came there. */
export function factsOf({ inside, kind, mode, content, owner }: FileItem): unknown[] {
  return [inside, kind, mode, content, ...(owner === undefined ? [] : [owner])];
}

/**
 * Everything that a `files` option names, parents before what is in them.
 * @throws SandstackError INVALID_OPTION for a path inside that is relative or escapes, and for sockets, devices and the
 * like; NOT_FOUND for a path of this machine that is not there, and for patterns that nothing matches
 */
export async function listFileItems(files: Readonly<Record<string, string | FileSource>>): Promise<FileItem[]> {
  const items: FileItem[] = [];
  for (const key of Object.keys(files).sort()) {
    const option = `files[${JSON.stringify(key)}]`;
    const inside = parseInsidePath("files", key);
    const source = parseFileSource(option, files[key]);
    const found = "text" in source ? [textItem(inside, source.text)] : await listPath(option, inside, source);
    items.push(...found.map((item) => withAttributes(option, item, source)));
  }
  return items;
}

function textItem(inside: string, text: string): FileItem {
  const content = createHash("sha256").update(text).digest("hex");
  return { inside, source: { text }, kind: "file", mode: 0o644, content };
}

function withAttributes(option: string, item: FileItem, { mode, owner }: FileAttributes): FileItem {
  const bits = mode === undefined || item.kind === "symlink" ? undefined : parseMode(`${option}.mode`, mode);
  // Whoever may read a directory may enter it.
  const own = bits !== undefined && item.kind === "directory" ? bits | ((bits & 0o444) >> 2) : bits;
  return { ...item, mode: own ?? item.mode, owner };
}

async function listPath(
  option: string,
  inside: string,
  { path, include }: { path: string; include?: readonly string[] },
): Promise<FileItem[]> {
  const host = resolve(path);
  // What the user names may be a link to it; further down a link is content.
  const stats = statSync(host, { throwIfNoEntry: false });
  if (!stats) {
    throw new SandstackError("NOT_FOUND", `${option}: ${JSON.stringify(path)} does not exist (${host}).`, {
      hint: /[*?[]/.test(path) ? '{ path: "./agent", include: ["*.py"] } takes files by pattern.' : undefined,
    });
  }
  if (include && !stats.isDirectory()) throw invalidOption(`${option}.path`, path, "a directory, with `include`");
  const items: FileItem[] = [];
  await list({ option, host, choice: choiceOf(host, include) }, "", inside, stats, items);
  // Directories that nothing was taken of are not there for themselves.
  const taken = include ? items.filter(({ kind }) => kind !== "directory") : items;
  if (taken.length > 0) return taken;
  throw new SandstackError("NOT_FOUND", `${option}: nothing in ${JSON.stringify(path)} matches (${host}).`);
}

/** One walk through what an entry names. */
interface Walk {
  option: string;
  /** What it names. */
  host: string;
  choice: Choice;
}

/** @param below the path from what the entry names; empty for that itself */
async function list(walk: Walk, below: string, inside: string, stats: Stats, items: FileItem[]): Promise<void> {
  const path = join(walk.host, below);
  const item = { inside, source: { path }, mode: stats.mode & 0o777 };
  if (stats.isFile()) {
    refuseHoles(walk.option, path, stats);
    items.push({ ...item, kind: "file", content: await hashFile(path) });
  } else if (stats.isSymbolicLink()) {
    items.push({
      ...item,
      kind: "symlink",
      mode: 0o777,
      content: textIn(walk.option, path, readlinkSync(path, BYTES)),
    });
  } else if (stats.isDirectory()) {
    items.push({ ...item, kind: "directory", content: "" });
    for (const name of readdirSync(path, BYTES)
      .map((bytes) => textIn(walk.option, path, bytes))
      .sort()) {
      const next = below === "" ? name : `${below}/${name}`;
      const found = lstatSync(join(path, name));
      if (walk.choice(found.isDirectory() ? `${next}/` : next)) {
        await list(walk, next, join(inside, name), found, items);
      }
    }
  } else {
    throw invalidOption(walk.option, path, "files, directories and links only");
  }
}

const BYTES = { encoding: "buffer" } as const;

/** A name in a directory, or what a link says. @throws SandstackError INVALID_OPTION for one that is no UTF-8 */
function textIn(option: string, path: string, bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw invalidOption(option, `${path}: ${textOf(bytes)}`, "names and links in UTF-8");
}

/** @throws SandstackError LIMIT for a file whose zeros nobody would wait for */
function refuseHoles(option: string, path: string, { size, blocks }: Stats): void {
  const data = Math.min(size, blocks * 512);
  if (size - data <= HOLES_LIMIT) return;
  throw new SandstackError(
    "LIMIT",
    `${option}: ${JSON.stringify(path)} has ${size} bytes, of which ${data} are data: a file may have at most ${HOLES_LIMIT} bytes of holes.`,
    { hint: "Leave it out, and make it in the sandbox." },
  );
}
