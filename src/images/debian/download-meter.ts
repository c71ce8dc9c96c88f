import { chownSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildContext } from "../context";
import { watchGrowth } from "../tool/watch-growth";
import type { PinnedDeb } from "./pins";
import { DOWNLOADED, LISTS } from "./progress";

/** The folder that packages are downloaded into; tells how many bytes have come, by the files as they grow. */
export class DownloadMeter {
  readonly folder: string;
  readonly total: number;

  constructor(
    debs: readonly PinnedDeb[],
    private readonly context: BuildContext,
  ) {
    this.folder = join(context.work.open, "download");
    this.total = debs.reduce((sum, { size }) => sum + size, 0);
    mkdirSync(this.folder, { mode: 0o755 });
    const owner = aptUser();
    if (owner !== undefined) chownSync(this.folder, owner, 0);
  }

  file({ sha256 }: PinnedDeb): string {
    return join(this.folder, sha256);
  }

  /** Tells it while `body` downloads. */
  watch<T>(body: () => Promise<T>): Promise<T> {
    return watchGrowth(this.folder, (bytes) => this.tell(bytes), body);
  }

  private tell(bytes: number): void {
    const part = Math.min(bytes / Math.max(this.total, 1), 1);
    const detail = `${megabytes(bytes)} of ${megabytes(this.total)} MB`;
    this.context.report("downloading packages", LISTS + part * (DOWNLOADED - LISTS), detail);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** The number of the user that apt downloads as; `undefined` where there is none. */
function aptUser(): number | undefined {
  const found = /^_apt:[^:]*:(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"))?.[1];
  return found === undefined ? undefined : Number(found);
}
