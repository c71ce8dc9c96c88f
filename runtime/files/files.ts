import { constants } from "node:buffer";
import { totalmem } from "node:os";
import { SandstackError } from "../../src/model/error";
import { Fields, FieldWriter } from "../../src/model/fields";
import { StatFlag, Tag, Verb, WatchFlag } from "../../src/model/protocol";
import { sendBody, type Body } from "../body";
import { BODY, CALL, CALLBACK, checkArgument, checkOptions, DEPTH, FLAG, MODE, PATH, TEXT } from "../checks";
import type { GuestClient } from "../guest/client";
import { openStream } from "../guest/open-stream";
import type { StreamListener } from "../guest/stream";
import { byteStream } from "./byte-stream";
import { entryOf, type EntryInfo, type WriteInfo } from "./entry-info";
import { eventOf, WatchHandle, type FilesystemEvent } from "./watch-handle";

export interface CallOptions {
  /** Aborting rejects with ABORTED; a write that is not complete leaves nothing. */
  signal?: AbortSignal;
}

export interface WriteOptions extends CallOptions {
  /** Whose the file is. Default: the sandbox's user. */
  user?: string;
  /** Permission bits. Default 0o644. */
  mode?: number;
}

export interface WriteEntry {
  path: string;
  data: Body;
}

export interface ListOptions extends CallOptions {
  /** How many levels below the directory. Default 1: what is in it. */
  depth?: number;
}

export interface WatchOptions extends CallOptions {
  /** Also what is below its directories. Default false. */
  recursive?: boolean;
  /** Called once when the watch is over by itself: by the sandbox's end or a rollback. */
  onExit?: (error: Error) => void;
}

const WHAT = "The file operation";
const OWNED = { user: TEXT, ...CALL };
const WRITTEN = { ...OWNED, mode: MODE };

const FORMATS = ["text", "bytes", "blob", "stream"] as const;
const FORMAT = { is: (value: unknown) => FORMATS.includes(value as ReadFormat), right: `one of ${FORMATS.join(", ")}` };
export type ReadFormat = (typeof FORMATS)[number];

/**
 * Files in a sandbox. Paths are absolute, as a command inside sees them; nothing in the sandbox's files leads outside.
 * What the guest refuses is a SandstackError: NOT_FOUND, IS_A_DIRECTORY, NOT_A_DIRECTORY, BAD_PATH, NO_SPACE, …;
 * ENDED once the sandbox has ended.
 */
export class Files {
  constructor(private readonly client: GuestClient) {}

  /**
   * Reads a file: as text (the default, UTF-8), bytes, a Blob, or a stream that reads no faster than it is read.
   * @throws SandstackError LIMIT for a file that is too large to be held; a stream has no such limit
   */
  read(path: string, options?: CallOptions & { format?: "text" }): Promise<string>;
  read(path: string, options: CallOptions & { format: "bytes" }): Promise<Uint8Array>;
  read(path: string, options: CallOptions & { format: "blob" }): Promise<Blob>;
  read(path: string, options: CallOptions & { format: "stream" }): Promise<ReadableStream<Uint8Array>>;
  async read(path: string, options: CallOptions & { format?: ReadFormat } = {}): Promise<unknown> {
    checkArgument("path", path, PATH);
    checkOptions(WHAT, options, { ...CALL, format: FORMAT });
    const { format = "text", signal } = options;
    if (format === "stream") return this.readStream(path, signal);
    const pieces = await this.readAll(path, signal);
    if (format === "bytes") return Buffer.concat(pieces);
    if (format === "text") return Buffer.concat(pieces).toString("utf8");
    return new Blob(pieces);
  }

  /**
   * Writes a file, or several; parents are made. A file appears whole or not at all: until then what was there stays.
   * @param data text, bytes, a Blob, or a stream of either
   */
  write(path: string, data: Body, options?: WriteOptions): Promise<WriteInfo>;
  write(files: readonly WriteEntry[], options?: WriteOptions): Promise<WriteInfo[]>;
  async write(
    target: string | readonly WriteEntry[],
    second?: Body | WriteOptions,
    third?: WriteOptions,
  ): Promise<WriteInfo | WriteInfo[]> {
    if (!Array.isArray(target))
      return this.writeOne(checkEntry("", { path: target as string, data: second as Body }), third);
    const options = second as WriteOptions | undefined;
    // Nothing is written before all is known to be right.
    checkOptions(WHAT, options, WRITTEN);
    const entries = target.map((entry, index) => checkEntry(`files[${index}].`, entry as WriteEntry));
    const written: WriteInfo[] = [];
    for (const entry of entries) written.push(await this.writeOne(entry, options));
    return written;
  }

  /** What is in a directory, each with its absolute path. */
  async list(path: string, options: ListOptions = {}): Promise<EntryInfo[]> {
    checkOptions(WHAT, options, { ...CALL, depth: DEPTH });
    const { depth, signal } = options;
    const found: EntryInfo[] = [];
    const onEvent = (event: Fields) => void found.push(...event.nested(Tag.ENTRY).map(entryOf));
    await this.open(Verb.LIST, pathFields(path).number(Tag.DEPTH, depth), signal, { onEvent }).end;
    return found;
  }

  /** Whether a path leads to something. */
  async exists(path: string, options?: CallOptions): Promise<boolean> {
    try {
      await this.call(Verb.STAT, pathFields(path), options);
      return true;
    } catch (error) {
      if (
        error instanceof SandstackError &&
        (error.code === "NOT_FOUND" || error.code === "NOT_A_DIRECTORY" || isLoop(error))
      )
        return false;
      throw error;
    }
  }

  /** About a file, directory or link; of a link itself, not of what it leads to. */
  async getInfo(path: string, options?: CallOptions): Promise<EntryInfo> {
    return entryOf(await this.call(Verb.STAT, pathFields(path).number(Tag.FLAGS, StatFlag.NO_FOLLOW), options));
  }

  /** Removes a file, or a directory with all that is in it. */
  async remove(path: string, options?: CallOptions): Promise<void> {
    await this.call(Verb.REMOVE, pathFields(path), options);
  }

  /** Moves a file or directory; a file at the new path is replaced. */
  async rename(oldPath: string, newPath: string, options?: CallOptions): Promise<EntryInfo> {
    checkArgument("newPath", newPath, PATH);
    await this.call(Verb.RENAME, pathFields(oldPath, "oldPath").text(Tag.TARGET, newPath), options);
    return this.getInfo(newPath, options);
  }

  /** Makes a directory, and its parents. False where it was there. */
  async makeDir(path: string, options: WriteOptions = {}): Promise<boolean> {
    checkOptions(WHAT, options, WRITTEN);
    const { user, mode, signal } = options;
    const fields = pathFields(path).number(Tag.MODE, mode).text(Tag.USER, user);
    return (await this.call(Verb.MKDIR, fields, { signal })).number(Tag.FLAGS) === 1;
  }

  /** Calls `onEvent` for what happens in a directory from now on, one after the other; an error that it throws ends the watch. */
  async watchDir(
    path: string,
    onEvent: (event: FilesystemEvent) => void | Promise<void>,
    options: WatchOptions = {},
  ): Promise<WatchHandle> {
    checkArgument("onEvent", onEvent, CALLBACK);
    checkOptions(WHAT, options, { ...CALL, recursive: FLAG, onExit: CALLBACK });
    const { recursive = false, onExit, signal } = options;
    const fields = pathFields(path).number(Tag.FLAGS, recursive ? WatchFlag.RECURSIVE : 0);
    const listener = { onEvent: (event: Fields) => onEvent(eventOf(event, path)) };
    const stream = openStream(this.client, WHAT, signal, Verb.WATCH, fields, listener);
    await stream.reply;
    const handle = new WatchHandle(stream);
    // Nobody waits for what it throws: it is its own to answer for, and no reason to end the process.
    if (onExit) stream.end.catch((error: Error) => handle.stopped || signal?.aborted || onExit(error)).catch(() => {});
    return handle;
  }

  /**
   * Copies a file of this machine, or a directory with all that is in it, to `path` in the sandbox. Holes of files stay
   * holes, unless the sandbox was made by an older version.
   * @throws SandstackError NOT_FOUND where it is not there; MISSING_TOOL without tar, for a directory or a file with holes
   */
  async copyIn(local: string, path: string, options?: Omit<WriteOptions, "mode">): Promise<void> {
    checkArgument("local", local, PATH);
    checkArgument("path", path, PATH);
    checkOptions("The copy", options, OWNED);
    const { copyIn } = await import("./copy.js");
    await copyIn(this.client, this, local, path, options);
  }

  /**
   * Copies a file or directory of the sandbox to `local` on this machine: a file is replaced, files of a directory go
   * into the one that is there. What comes out is this process's own, without anybody else's rights. Holes of files stay
   * holes, unless the sandbox was made by an older version.
   * @throws SandstackError MISSING_TOOL without tar, for a directory
   */
  async copyOut(path: string, local: string, options?: CallOptions): Promise<void> {
    checkArgument("path", path, PATH);
    checkArgument("local", local, PATH);
    checkOptions("The copy", options, CALL);
    const { copyOut } = await import("./copy.js");
    await copyOut(this.client, path, local, options);
  }

  private async writeOne({ path, data }: WriteEntry, options: WriteOptions = {}): Promise<WriteInfo> {
    checkOptions(WHAT, options, WRITTEN);
    const { user, mode, signal } = options;
    const stream = this.open(Verb.WRITE, pathFields(path).number(Tag.MODE, mode).text(Tag.USER, user), signal);
    await sendBody(stream, data);
    await stream.end;
    return { name: path.slice(path.lastIndexOf("/") + 1), path, type: "file" };
  }

  private async readAll(path: string, signal: AbortSignal | undefined): Promise<Buffer[]> {
    const pieces: Buffer[] = [];
    let length = 0;
    const stream = this.open(Verb.READ, pathFields(path), signal, {
      onData(bytes) {
        length += bytes.length;
        checkHeld(path, length);
        pieces.push(bytes);
      },
    });
    try {
      checkHeld(path, (await stream.reply).number(Tag.SIZE) ?? 0);
    } catch (error) {
      stream.reset(error as Error);
    }
    await stream.end;
    return pieces;
  }

  private async readStream(path: string, signal: AbortSignal | undefined): Promise<ReadableStream<Uint8Array>> {
    let replied: Promise<Fields> | undefined;
    const bytes = byteStream((listener) => {
      const stream = this.open(Verb.READ, pathFields(path), signal, listener);
      replied = stream.reply;
      return stream;
    });
    await replied;
    return bytes;
  }

  private async call(verb: number, fields: FieldWriter, options: CallOptions = {}): Promise<Fields> {
    checkOptions(WHAT, options, CALL);
    return this.open(verb, fields, options.signal).end;
  }

  private open(verb: number, fields: FieldWriter, signal: AbortSignal | undefined, listener?: StreamListener) {
    return openStream(this.client, WHAT, signal, verb, fields, listener);
  }
}

/** A way through links that never ends leads to nothing; the guest has one code for all paths that can't be. */
function isLoop({ code, message }: SandstackError): boolean {
  return code === "BAD_PATH" && message.endsWith(": Too many levels of symbolic links");
}

function checkEntry(place: string, entry: WriteEntry): WriteEntry {
  const { path, data } = entry ?? {};
  checkArgument(`${place}path`, path, PATH);
  checkArgument(`${place}data`, data, BODY);
  return { path, data };
}

/** @throws SandstackError INVALID_OPTION */
function pathFields(path: string, option = "path"): FieldWriter {
  checkArgument(option, path, PATH);
  return new FieldWriter().text(Tag.PATH, path);
}

/** The most bytes of a file that a process may hold at once: its pieces, and once more as a whole. */
const MOST_HELD = Math.min(constants.MAX_LENGTH, Math.floor(totalmem() / 2));

function checkHeld(path: string, bytes: number): void {
  if (bytes <= MOST_HELD) return;
  throw new SandstackError("LIMIT", `${path} has ${bytes} bytes; at most ${MOST_HELD} can be held here at once.`, {
    hint: 'read(path, { format: "stream" }) holds a little of it at a time; copyOut() keeps its holes.',
  });
}
