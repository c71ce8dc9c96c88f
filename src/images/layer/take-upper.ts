import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SandstackError } from "../../model/error";
import { endOfTool, startTool, throwIfAborted, toolFailed } from "../tool/run-tool";
import { shown, type TarEntry } from "../tree/tar-header";
import { type TarHandler, TarReader } from "../tree/tar-reader";
import { END } from "../tree/tar-writer";
import { isOpaque, OPAQUE, Whiteouts } from "../tree/whiteouts";

/** What overlayfs says of an upper directory beside its files. */
export interface Upper {
  /** Directories that hide what lower layers have in them, as somebody inside names them. */
  opaque: ReadonlySet<string>;
  whiteouts: readonly string[];
  /** Directories with attributes of their own, such as ACLs. */
  marked: ReadonlySet<string>;
}

/**
 * Copies an upper directory: owners, modes, links, holes, ACLs and the attributes that an image carries, and none of
 * overlayfs's own, which speak of this machine's files. Whiteouts are told and not copied, for overlayfs may make many
 * names of one, or not.
 */
export async function takeUpper(upper: string, tree: string, signal?: AbortSignal): Promise<Upper> {
  const reader = new MarkReader();
  const tar = new TarReader(new Whiteouts(reader));
  const from = startTool(["tar", "--create", "--sparse", ...KEEP, ...MARKS, "--directory", upper, "."], {
    signal,
    env: { ...process.env, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const to = startTool(["tar", "--extract", ...KEEP, "--same-owner", "--same-permissions", "--directory", tree], {
    signal,
    env: { ...process.env, LC_ALL: "C" },
    stdio: ["pipe", "ignore", "pipe"],
  });
  const ends = [from, to].map((child) => endOfTool(child));
  const failure: unknown = await pipeline(
    from.stdout as Readable,
    async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        const known = tar.write(piece);
        if (known.length > 0) yield known;
      }
      // What follows the end mark nobody reads.
      yield END;
    },
    to.stdin as Writable,
  ).catch((error: unknown) => error);
  if (failure) from.kill("SIGKILL");
  const [made, unpacked] = await Promise.all(ends);
  throwIfAborted(signal);
  if (failure instanceof SandstackError) throw failure;
  if (unpacked && unpacked.exitCode !== 0) throw toolFailed("tar", unpacked);
  // 1 is a remark, such as one on a socket, which no archive can hold.
  if (made && !failure && made.exitCode > 1) throw toolFailed("tar", made);
  if (failure) throw failure as Error;
  for (const path of reader.whiteouts) rmSync(join(tree, path), { force: true });
  return reader;
}

const KEEP = [
  ...["--numeric-owner", "--format=pax", "--acls", "--xattrs"],
  ...["--xattrs-include=user.*", "--xattrs-include=security.capability"],
];
/** Read to be known, and not unpacked. */
const MARKS = ["--xattrs-include=trusted.overlay.opaque"];

class MarkReader implements TarHandler, Upper {
  readonly opaque = new Set<string>();
  readonly marked = new Set<string>();
  readonly whiteouts: string[] = [];

  entry(entry: TarEntry): void {
    const path = insidePath(entry.path);
    if (entry.kind === "whiteout") this.whiteouts.push(path);
    if (entry.device) throw new SandstackError("BUILD_FAILED", `The build made a device: ${shown(entry.path)}.`);
    if (entry.kind !== "directory") return;
    if (isOpaque(entry)) this.opaque.add(path);
    if (entry.attributes.some(([name]) => name !== OPAQUE[0])) this.marked.add(path);
  }

  data(): void {}

  done(): void {}
}

/** `./a/b/` of an archive is `/a/b`; a name is bytes there. */
function insidePath(name: string): string {
  return Buffer.from(name, "latin1")
    .toString("utf8")
    .replace(/^\.\/?/, "/")
    .replace(/(?<=.)\/$/, "");
}
