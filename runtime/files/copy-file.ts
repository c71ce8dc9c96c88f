import type { Stats } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { TarReader } from "../../src/images/tree/tar-reader";
import { fsPath } from "../../src/model/byte-text";
import { SandstackError } from "../../src/model/error";
import { type Fields, FieldWriter } from "../../src/model/fields";
import { GuestFlag, ReadFlag, Tag, Verb, WriteFlag } from "../../src/model/protocol";
import { onAbort } from "../abort";
import type { GuestClient } from "../guest/client";
import type { GuestStream } from "../guest/stream";
import type { CallOptions, WriteOptions } from "./files";
import { endOfTar, startPackingFile } from "./host-tar";

/** Whether a guest takes holes as such; older ones don't. */
export async function takesHoles(client: GuestClient): Promise<boolean> {
  return (((await client.hello).number(Tag.FLAGS) ?? 0) & GuestFlag.HOLES) !== 0;
}

export function hasHoles({ size, blocks }: Stats): boolean {
  return blocks * 512 < size;
}

/** Copies a file of this machine that has holes: tar finds them, and what it says of them is what the guest takes. */
export async function copyHolesIn(
  client: GuestClient,
  local: string,
  path: string,
  { user, mode, signal }: WriteOptions,
): Promise<void> {
  const tar = startPackingFile(local);
  const pieces: Buffer[] = [];
  let stream: GuestStream | undefined;
  const reader = new TarReader({
    entry({ sparse }) {
      const fields = new FieldWriter().text(Tag.PATH, path).number(Tag.MODE, mode).text(Tag.USER, user);
      if (sparse) fields.number(Tag.FLAGS, WriteFlag.HOLES).number(Tag.SIZE, sparse.size);
      stream = client.open(Verb.WRITE, fields);
      onAbort("The copy", signal, stream.end, (error) => stream?.reset(error));
    },
    data: (piece) => void pieces.push(piece),
    done: () => {},
  });
  const ended = endOfTar(tar);
  // It is looked at below, whatever fails first.
  ended.catch(() => {});
  try {
    for await (const piece of tar.stdout as AsyncIterable<Buffer>) {
      reader.write(piece);
      for (const one of pieces.splice(0)) if (!(await stream?.write(one))) await stream?.end;
    }
    await ended;
  } catch (error) {
    const failure =
      error instanceof SandstackError
        ? error
        : await ended.then(
            () => error as Error,
            (why: Error) => why,
          );
    stream?.reset(failure);
    throw failure;
  }
  stream?.finish();
  await stream?.end;
}

/** Copies a file out: whole or not at all, with the holes that it has. */
export async function copyFileOut(
  client: GuestClient,
  path: string,
  local: string,
  mode: number,
  { signal }: CallOptions,
): Promise<void> {
  const beside = fsPath(`${local}.${process.pid}.part`);
  const file = await open(beside, "wx", mode);
  try {
    await receive(client, path, file, signal);
    await file.close();
    await rename(beside, fsPath(local));
  } catch (error) {
    await file.close().catch(() => {});
    await rm(beside, { force: true });
    throw error;
  }
}

async function receive(client: GuestClient, path: string, file: FileHandle, signal?: AbortSignal): Promise<void> {
  let at = 0;
  const fields = new FieldWriter().text(Tag.PATH, path).number(Tag.FLAGS, ReadFlag.HOLES);
  const stream: GuestStream = client.open(Verb.READ, fields, {
    async onData(bytes) {
      for (let done = 0; done < bytes.length;) {
        done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
      }
      at += bytes.length;
    },
    async onEvent(event) {
      at = offsetOf(event, at, (await stream.reply).number(Tag.SIZE) ?? 0);
    },
  });
  onAbort("The copy", signal, stream.end, (error) => stream.reset(error));
  await stream.end;
  // Behind the last data may be a hole.
  await file.truncate(at);
}

/** Reads where the next data goes. A guest goes forward, and not past the size that it told. */
function offsetOf(event: Fields, at: number, size: number): number {
  const offset = event.number(Tag.OFFSET);
  if (offset !== undefined && offset >= at && offset <= size) return offset;
  throw new SandstackError("PROTOCOL", `The guest says that data at ${offset} follows ${at}, of ${size} bytes.`);
}
