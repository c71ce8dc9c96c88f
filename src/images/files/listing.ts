import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { invalidOption, SandstackError } from "../../model/error";
import type { FileSource } from "../../model/image";
import { hashFile } from "../tool/hash-file";
import { parseInsidePath } from "../tree/inside";

/** One thing of this machine that is to be in an image. */
export interface FileItem {
  /** Where it is to be, as the declaration says it: links of the image are not followed yet. */
  inside: string;
  /** Where it is on this machine, or what is to be in it. */
  source: FileSource;
  kind: "file" | "directory" | "symlink";
  /** Permission bits; those that would give another user's rights are not carried. */
  mode: number;
  /** Of a file, sha256 of its content; of a link, its target. */
  content: string;
}

/**
 * Everything that a `files` option names, parents before what is in them.
 * @throws SandstackError INVALID_OPTION for a path inside that is relative or escapes, and for sockets, devices and the
 * like; NOT_FOUND for a path of this machine that is not there
 */
export async function listFileItems(files: Readonly<Record<string, string | FileSource>>): Promise<FileItem[]> {
  const items: FileItem[] = [];
  for (const key of Object.keys(files).sort()) {
    const option = `files[${JSON.stringify(key)}]`;
    const inside = parseInsidePath("files", key);
    const given = files[key] as string | FileSource;
    if (typeof given === "object" && "text" in given) {
      items.push(textItem(inside, given));
      continue;
    }
    const path = typeof given === "string" ? given : given.path;
    const host = resolve(path);
    // What the user names may be a link to it; further down a link is content.
    const stats = statSync(host, { throwIfNoEntry: false });
    if (!stats) throw new SandstackError("NOT_FOUND", `${option}: ${JSON.stringify(path)} does not exist (${host}).`);
    await list(option, inside, host, stats, items);
  }
  return items;
}

function textItem(inside: string, source: { text: string }): FileItem {
  const content = createHash("sha256").update(source.text).digest("hex");
  return { inside, source, kind: "file", mode: 0o644, content };
}

async function list(option: string, inside: string, host: string, stats: Stats, items: FileItem[]): Promise<void> {
  const mode = stats.mode & 0o777;
  if (stats.isFile()) {
    items.push({ inside, source: { path: host }, kind: "file", mode, content: await hashFile(host) });
  } else if (stats.isSymbolicLink()) {
    items.push({ inside, source: { path: host }, kind: "symlink", mode: 0o777, content: readlinkSync(host) });
  } else if (stats.isDirectory()) {
    items.push({ inside, source: { path: host }, kind: "directory", mode, content: "" });
    for (const name of readdirSync(host).sort()) {
      const path = join(host, name);
      await list(option, join(inside, name), path, lstatSync(path), items);
    }
  } else {
    throw invalidOption(option, host, "files, directories and links only");
  }
}
