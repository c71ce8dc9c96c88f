import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  type Stats,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What an `rm -rf /` that got out would find first, and what no machine changes in the seconds of a story. */
const WATCHED = ["/etc", "/usr/bin", "/usr/sbin"];

/**
 * What this machine's files are before something happens, to be compared with what they are after it: a canary that it
 * plants, and size, mode, times and inode of every file that is watched.
 * Not seen: new files, and a change that leaves all of these as they were.
 */
export class HostWitness implements Disposable {
  readonly canary = join(mkdtempSync(join(tmpdir(), "sandstack-canary-")), "canary");
  private readonly word = randomBytes(16).toString("hex");
  private readonly seen: ReadonlyMap<string, string>;

  constructor(readonly watched: readonly string[] = WATCHED) {
    writeFileSync(this.canary, this.word);
    this.seen = look(watched);
  }

  get count(): number {
    return this.seen.size;
  }

  /** What is gone or changed since. */
  damage(): string[] {
    const now = look(this.watched);
    const damaged = [...this.seen].filter(([path, facts]) => now.get(path) !== facts).map(([path]) => path);
    return this.canaryIsWhole() ? damaged : [this.canary, ...damaged];
  }

  private canaryIsWhole(): boolean {
    try {
      return readFileSync(this.canary, "utf8") === this.word;
    } catch {
      return false;
    }
  }

  [Symbol.dispose](): void {
    rmSync(join(this.canary, ".."), { recursive: true, force: true });
  }
}

function look(folders: readonly string[]): Map<string, string> {
  const seen = new Map<string, string>();
  for (const path of folders.filter(existsSync).flatMap(filesBelow)) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat) seen.set(path, factsOf(stat));
  }
  return seen;
}

/** No folders: one changes with what is put into it, which is not the sandbox's doing. Links are not followed. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function factsOf({ ino, mode, size, mtimeMs }: Stats): string {
  return [ino, mode, size, mtimeMs].join(" ");
}
