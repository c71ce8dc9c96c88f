import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SparseReader } from "../../src/images/tree/sparse-reader";
import { TarReader } from "../../src/images/tree/tar-reader";
import { SandstackError } from "../../src/model/error";
import { FieldWriter } from "../../src/model/fields";
import { Tag, TarFlag, Verb } from "../../src/model/protocol";
import { onAbort, throwIfAborted } from "../abort";
import { sendBody } from "../body";
import type { GuestClient } from "../guest/client";
import { byteStream } from "./byte-stream";
import { copyFileOut, copyHolesIn, hasHoles, takesHoles } from "./copy-file";
import { entryOf } from "./entry-info";
import type { CallOptions, Files, WriteOptions } from "./files";
import { endOfTar, startPacking } from "./host-tar";
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
    throw localError(error, args[2]);
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
  const holes = (found.isDirectory() || (found.isFile() && hasHoles(found))) && (await takesHoles(client));
  if (!found.isDirectory()) {
    const options = { user, mode: found.mode & 0o777, signal };
    if (holes) return copyHolesIn(client, local, path, options);
    await files.write(path, found.isFile() ? localPieces(local) : createReadStream(local), options);
    return;
  }
  const tar = startPacking(local, holes, ["."]);
  const stream = client.open(Verb.TAR_IN, new FieldWriter().text(Tag.PATH, path).text(Tag.USER, user));
  onAbort("The copy", signal, stream.end, (error) => stream.reset(error));
  const ended = endOfTar(tar);
  await Promise.all([sendBody(stream, tar.stdout), ended.catch((error: SandstackError) => stream.reset(error))]);
  await stream.end;
}

async function copyAnyOut(
  client: GuestClient,
  path: string,
  local: string,
  { signal }: CallOptions = {},
): Promise<void> {
  throwIfAborted("The copy", signal);
  const { type, mode } = entryOf(await client.request(Verb.STAT, new FieldWriter().text(Tag.PATH, path)));
  if (type !== "dir") return copyFileOut(client, path, local, mode & 0o777, { signal });
  await mkdir(local, { recursive: true });
  const tar = spawn("tar", ["--extract", "--file=-", `--directory=${local}`, ...UNTRUSTED], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  const ended = endOfTar(tar);
  const fields = new FieldWriter().text(Tag.PATH, path).number(Tag.FLAGS, TarFlag.HOLES);
  const bytes = byteStream((listener) => {
    const stream = client.open(Verb.TAR_OUT, fields, listener);
    onAbort("The copy", signal, stream.end, (error) => stream.reset(error));
    return stream;
  });
  const copied = pipeline(Readable.fromWeb(bytes as never), checked, tar.stdin as NodeJS.WritableStream);
  const [copy, end] = await Promise.allSettled([copied, ended]);
  // What the guest says comes before tar's complaint that it got too little.
  const failures = [copy, end].flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
  if (failures.length > 0) throw failures.find((error) => error instanceof SandstackError) ?? (failures[0] as Error);
}

/** Passes an archive of a guest on, after a look at what it says of holes: tar would write wherever a map leads. */
async function* checked(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const nothing = (): void => {};
  const reader = new TarReader(new SparseReader({ entry: nothing, data: nothing, hole: nothing, done: nothing }));
  for await (const piece of pieces) {
    reader.write(piece);
    yield piece;
  }
}
