import { createWriteStream, type WriteStream } from "node:fs";
import type { BuildProgress } from "../model/image";
import type { WorkDir } from "./store/work-dir";

export interface BuildOptions {
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
