import { createWriteStream, type WriteStream } from "node:fs";
import type { BuildProgress } from "../model/image";
import type { ImageLock } from "../model/lock";
import { newWorkDir, removeWorkDir, type WorkDir } from "./store/work-dir";

export interface BuildOptions {
  /** What the image was made from before: where a step is declared as it was then, it is made from the same. */
  lock?: ImageLock;
  /** Told what is being done; the fractions are of the whole build and never fall. */
  onProgress?: (progress: BuildProgress) => void;
  /** Aborts the build, which then leaves nothing. */
  signal?: AbortSignal;
}

/** What the making of one layer works with. */
export class BuildContext {
  private readonly stream: WriteStream;
  private reached = 0;

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

  readonly log = (line: string): void => void this.stream.write(`${line}\n`);

  /** Closes the log. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.stream.once("close", resolve);
      this.stream.end();
      if (this.stream.closed) resolve();
    });
  }
}

/** Runs `body` with a work directory of its own, which is gone afterwards. */
export async function withContext<T>(
  options: BuildOptions,
  body: (context: BuildContext) => T | Promise<T>,
): Promise<T> {
  const work = newWorkDir();
  const context = new BuildContext(work, options);
  try {
    return await body(context);
  } finally {
    await context.close();
    await removeWorkDir(work.path);
  }
}
