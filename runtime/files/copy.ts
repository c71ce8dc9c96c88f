import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SandstackError } from "../../src/model/error";
import { FieldWriter } from "../../src/model/fields";
import { Tag, Verb } from "../../src/model/protocol";
import { onAbort, throwIfAborted } from "../abort";
import { sendBody } from "../body";
import type { GuestClient } from "../guest/client";
import { byteStream } from "./byte-stream";
import { entryOf } from "./entry-info";
import type { CallOptions, Files, WriteOptions } from "./files";
import { localError } from "./local-error";
import { localPieces } from "./local-pieces";

/**
 * An archive from a sandbox was filled by its payload: whose the files were and which ran with another's rights must not
 * come out with them. GNU tar itself follows no link of the archive out of the directory.
 */
const UNTRUSTED = ["--no-same-owner", "--no-same-permissions", "--no-acls", "--no-xattrs"];

/** See Files.copyIn. */
export async function copyIn(...args: Parameters<typeof copyAnyIn>): Promise<void> {
  await copyAnyIn(...args).catch((error: unknown) => {
    throw localError(error, args[2]);
  });
}

/** See Files.copyOut. */
export async function copyOut(...args: Parameters<typeof copyAnyOut>): Promise<void> {
  await copyAnyOut(...args).catch((error: unknown) => {
    throw localError(error, args[3]);
  });
}

async function copyAnyIn(
  client: GuestClient,
  files: Files,
  local: string,
  path: string,
  { user, signal }: Omit<WriteOptions, "mode"> = {},
): Promise<void> {
  throwIfAborted("The copy", signal);
  const found = await stat(local);
  if (!found.isDirectory()) {
    await files.write(path, found.isFile() ? localPieces(local) : createReadStream(local), {
      user,
      mode: found.mode & 0o777,
      signal,
    });
    return;
  }
  const tar = spawn("tar", ["--create", "--format=pax", "--file=-", `--directory=${local}`, "."], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stream = client.open(Verb.TAR_IN, new FieldWriter().text(Tag.PATH, path).text(Tag.USER, user));
  onAbort("The copy", signal, stream.end, (error) => stream.reset(error));
  const ended = endOf(tar);
  await Promise.all([sendBody(stream, tar.stdout), ended.catch((error: SandstackError) => stream.reset(error))]);
  await stream.end;
}

async function copyAnyOut(
  client: GuestClient,
  files: Files,
  path: string,
  local: string,
  { signal }: CallOptions = {},
): Promise<void> {
  throwIfAborted("The copy", signal);
  const { type, mode } = entryOf(await client.request(Verb.STAT, new FieldWriter().text(Tag.PATH, path)));
  if (type !== "dir") return copyFileOut(await files.read(path, { format: "stream", signal }), local, mode & 0o777);
  await mkdir(local, { recursive: true });
  const tar = spawn("tar", ["--extract", "--file=-", `--directory=${local}`, ...UNTRUSTED], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  const ended = endOf(tar);
  const bytes = byteStream((listener) => {
    const stream = client.open(Verb.TAR_OUT, new FieldWriter().text(Tag.PATH, path), listener);
    onAbort("The copy", signal, stream.end, (error) => stream.reset(error));
    return stream;
  });
  const copied = pipeline(Readable.fromWeb(bytes as never), tar.stdin as NodeJS.WritableStream);
  const [copy, end] = await Promise.allSettled([copied, ended]);
  // What the guest says comes before tar's complaint that it got too little.
  const failures = [copy, end].flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
  if (failures.length > 0) throw failures.find((error) => error instanceof SandstackError) ?? (failures[0] as Error);
}

async function copyFileOut(bytes: ReadableStream<Uint8Array>, local: string, mode: number): Promise<void> {
  const beside = `${local}.${process.pid}.part`;
  try {
    await pipeline(Readable.fromWeb(bytes as never), createWriteStream(beside, { flags: "wx", mode }));
    await rename(beside, local);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** @throws SandstackError with tar's last line when it does not end well */
async function endOf(tar: ChildProcess): Promise<void> {
  let said = "";
  tar.stderr?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-2_048)));
  try {
    const [code] = (await once(tar, "close")) as [number | null];
    if (code !== 0) throw new SandstackError("INTERNAL", `tar: ${said.trim() || `exit code ${code}`}`);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new SandstackError("MISSING_TOOL", "tar is not on this machine.", { cause, hint: "Install GNU tar." });
  }
}
