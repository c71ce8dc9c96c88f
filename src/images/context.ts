import { createWriteStream, type WriteStream } from "node:fs";
import { SandstackError } from "../model/error";
import type { BuildProgress } from "../model/image";
import type { ImageLock } from "../model/lock";
import type { OpenBuildSandbox } from "./build-sandbox";
import type { SnapshotFiles } from "./snapshot/snapshot";
import { whileRoom } from "./store/room";
import { newWorkDir, removeWorkDir, type WorkDir } from "./store/work-dir";
import type { FetchLimits } from "./tool/fetch";

/** Bytes of a log: a command that never stops to write must not fill the disk. */
const MAX_LOG = 64 << 20;

export interface BuildOptions {
  /** What the image was made from before: where a step is declared as it was then, it is made from the same. */
  lock?: ImageLock;
  /** Where commands of the declaration run. */
  sandbox?: OpenBuildSandbox;
  /** The files of a snapshot, by its id: this room knows no tiers. */
  snapshot?: (id: string) => Promise<SnapshotFiles>;
  /** Neither the lock nor what earlier builds found counts: every registry is asked anew. */
  upgrade?: boolean;
  /** Told what is being done; the fractions are of the whole build and never fall. */
  onProgress?: (progress: BuildProgress) => void;
  /** Aborts the build, which then leaves nothing. */
  signal?: AbortSignal;
  /** How much a registry may ask of this machine. Default: far more than an honest one does. */
  fetchLimits?: Partial<FetchLimits>;
}

/** What the making of one layer works with. */
export class BuildContext {
  private readonly stream: WriteStream;
  private reached = 0;
  private logged = 0;

  constructor(
    readonly work: WorkDir,
    readonly options: BuildOptions,
  ) {
    this.stream = createWriteStream(work.log);
    this.stream.on("error", () => {
      // A full disk shows in what is being made, too.
    });
  }

  get signal(): AbortSignal | undefined {
    return this.options.signal;
  }

  report(step: string, fraction?: number, detail?: string): void {
    if (fraction !== undefined) this.reached = Math.min(1, Math.max(this.reached, fraction));
    this.options.onProgress?.({ step, fraction: fraction === undefined ? undefined : this.reached, detail });
  }

  readonly log = (line: string): void => {
    const room = MAX_LOG - this.logged;
    this.logged += line.length + 1;
    if (room > 0) this.stream.write(this.logged > MAX_LOG ? "The log is full.\n" : `${line}\n`);
  };

  /** A sandbox for commands of the declaration. */
  get openSandbox(): OpenBuildSandbox {
    if (this.options.sandbox) return this.options.sandbox;
    throw new SandstackError("INTERNAL", "This image needs a build sandbox, and none was handed in.");
  }

  /** Closes the log. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.stream.closed) return resolve();
      this.stream.once("close", resolve);
      this.stream.end();
    });
  }
}

/**
 * Runs `body` with a work directory of its own, which is gone afterwards.
 * @throws SandstackError NO_SPACE once the disk is nearly full
 */
export async function withContext<T>(
  options: BuildOptions,
  body: (context: BuildContext) => T | Promise<T>,
): Promise<T> {
  const work = newWorkDir();
  let context: BuildContext | undefined;
  try {
    return await whileRoom(options.signal, async (signal) => {
      context = new BuildContext(work, { ...options, signal });
      return await body(context);
    });
  } finally {
    await context?.close();
    await removeWorkDir(work.entry);
  }
}
