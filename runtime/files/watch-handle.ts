import { SandstackError } from "../../src/model/error";
import type { Fields } from "../../src/model/fields";
import { EventKind, Tag } from "../../src/model/protocol";
import type { GuestStream } from "../guest/stream";

/** `overflow`: so much happened at once that events were lost; list the directory again. */
export type FilesystemEventType = "create" | "write" | "remove" | "rename" | "chmod" | "overflow";

export interface FilesystemEvent {
  type: FilesystemEventType;
  /** Relative to the directory that is watched. */
  name: string;
}

const TYPES: Record<number, FilesystemEventType> = {
  [EventKind.CREATE]: "create",
  [EventKind.WRITE]: "write",
  [EventKind.REMOVE]: "remove",
  [EventKind.RENAME]: "rename",
  [EventKind.CHMOD]: "chmod",
};

/** An event of a watch on `directory`. */
export function eventOf(fields: Fields, directory: string): FilesystemEvent {
  const path = fields.text(Tag.PATH) ?? "";
  const below = directory.replace(/\/*$/, "/");
  return {
    type: TYPES[fields.number(Tag.EVENT_KIND) ?? 0] ?? "overflow",
    name: path.startsWith(below) ? path.slice(below.length) : path,
  };
}

/** A watch on a directory. */
export class WatchHandle {
  /** stop() was called. */
  stopped = false;

  constructor(private readonly stream: GuestStream) {}

  /** Ends the watch: no event comes after it. */
  stop(): void {
    this.stopped = true;
    this.stream.reset(new SandstackError("ABORTED", "stop() was called."));
  }
}
