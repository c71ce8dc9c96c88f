import { createReadStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SparseReader } from "../../src/images/tree/sparse-reader";
import { TarReader } from "../../src/images/tree/tar-reader";
import { fsPath } from "../../src/model/byte-text";
import { SandstackError } from "../../src/model/error";
import { FieldWriter } from "../../src/model/fields";
import { Tag, TarFlag, Verb } from "../../src/model/protocol";
import { onAbort, throwIfAborted } from "../abort";
import type { GuestClient } from "../guest/client";
import { byteStream } from "./byte-stream";
import { copyFileOut, copyHolesIn, hasHoles, takesHoles } from "./copy-file";
import { entryOf } from "./entry-info";
import type { CallOptions, Files, WriteOptions } from "./files";
import { startPacking, startUnpacking, tarEnded, tarFailed, type TarEnd } from "./host-tar";
import { LeftOut } from "./left-out";
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
  const found = await stat(fsPath(local));
  const holes = (found.isDirectory() || (found.isFile() && hasHoles(found))) && (await takesHoles(client));
  if (!found.isDirectory()) {
    const options = { user, mode: found.mode & 0o777, signal };
    if (holes) return copyHolesIn(client, local, path, options);
    await files.write(path, found.isFile() ? localPieces(local) : createReadStream(fsPath(local)), options);
    return;
  }
  await copyTreeIn(client, local, path, { user, signal, holes });
}

async function copyTreeIn(
  client: GuestClient,
  local: string,
  path: string,
  { user, signal, holes }: { user?: string; signal?: AbortSignal; holes: boolean },
): Promise<void> {
  const left = new LeftOut();
  const tar = startPacking(local, holes, ["."]);
  const ended = tarEnded(tar);
  // It is looked at below, whatever fails first.
  ended.catch(() => {});
  const fields = new FieldWriter().text(Tag.PATH, path).text(Tag.USER, user).number(Tag.FLAGS, TarFlag.TELL);
  const stream = client.open(Verb.TAR_IN, fields, { onEvent: left.tell });
  onAbort("The copy", signal, stream.end, (error) => stream.reset(error));
  stream.end.catch(() => tar.kill());
  try {
    for await (const piece of tar.stdout as AsyncIterable<Buffer>) if (!(await stream.write(piece))) await stream.end;
    const { exitCode, said, brokenOff } = await ended;
    if (brokenOff) throw tarFailed(exitCode, said);
    for (const line of said) left.add(line);
  } catch (error) {
    stream.reset(error as Error);
    throw error;
  }
  stream.finish();
  await stream.end;
  left.throwIfAny(local);
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
  await mkdir(fsPath(local), { recursive: true });
  const left = new LeftOut();
  const tar = startUnpacking(local, UNTRUSTED);
  const ended = tarEnded(tar);
  const fields = new FieldWriter().text(Tag.PATH, path).number(Tag.FLAGS, TarFlag.HOLES | TarFlag.TELL);
  const bytes = byteStream((listener) => {
    const stream = client.open(Verb.TAR_OUT, fields, { ...listener, onEvent: left.tell });
    onAbort("The copy", signal, stream.end, (error) => stream.reset(error));
    return stream;
  });
  const copied = pipeline(Readable.fromWeb(bytes as never), checked, tar.stdin);
  const [copy, end] = await Promise.allSettled([copied, ended]);
  // What the guest says comes before tar's complaint that it got too little.
  const failures = [copy, end].flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
  if (failures.length > 0) throw failures.find((error) => error instanceof SandstackError) ?? (failures[0] as Error);
  const { exitCode, said, brokenOff } = (end as PromiseFulfilledResult<TarEnd>).value;
  if (brokenOff || (exitCode !== 0 && said.length === 0)) throw tarFailed(exitCode, said);
  for (const line of exitCode === 0 ? [] : said) left.add(line);
  left.throwIfAny(path);
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
