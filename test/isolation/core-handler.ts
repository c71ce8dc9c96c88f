import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const PATTERN = "/proc/sys/kernel/core_pattern";
/** Makes the kernel wait for the handler before it lets go of the process. */
const LIMIT = "/proc/sys/kernel/core_pipe_limit";
/** The kernel starts a handler on the machine itself: this folder is the same there and in a namespace of the tests'. */
const SHARED = resolve(__dirname, "../../guest/build");

/**
 * While it is in use, this machine's core handler is one that takes note of the crashes of programs with a name, and of no
 * other; it is the whole machine's, so it is to be short.
 */
export class CoreHandler implements Disposable {
  private readonly folder = mkdtempSync(join(SHARED, "core-"));
  private readonly before = [PATTERN, LIMIT].map((file) => [file, readFileSync(file, "utf8")] as const);

  constructor(program: string) {
    const handler = join(this.folder, "handler");
    writeFileSync(handler, `#!/bin/sh\n[ "$1" = "${program}" ] && echo "$2" >> "$3"\ncat > /dev/null\n`);
    chmodSync(handler, 0o755);
    writeFileSync(LIMIT, "16");
    writeFileSync(PATTERN, `|${handler} %e %u ${this.notes}`);
    const set = readFileSync(PATTERN, "utf8").trim();
    if (!set.endsWith(this.notes)) throw new Error(`the kernel cuts core_pattern: ${set}`);
  }

  private get notes(): string {
    return join(this.folder, "notes");
  }

  /** The uids, as the machine sees them, whose crashes it was given since it was last asked. */
  uids(): string[] {
    if (!existsSync(this.notes)) return [];
    const uids = readFileSync(this.notes, "utf8").trim().split("\n");
    rmSync(this.notes);
    return uids;
  }

  [Symbol.dispose](): void {
    for (const [file, text] of this.before.reverse()) writeFileSync(file, text);
    rmSync(this.folder, { recursive: true });
  }
}
