import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { storePath } from "./layout";

/** Where a layer is made. Its name says by which process, so that a folder whose process died is known as left over. */
export interface WorkDir {
  /** Holds the others; a name in it is known to whoever sees a tool's arguments. */
  entry: string;
  /** For all that is made: nobody but root gets through it. */
  path: string;
  /** For what apt's own user must get to. No file of an image comes here. */
  open: string;
  /** Becomes the layer's root file system. */
  tree: string;
  log: string;
}

/** In an entry: the path of its draft. */
const DRAFT = "draft";

export function newWorkDir(): WorkDir {
  // Tools get the real path, for some look at where they work.
  const entry = join(
    realpathSync(storePath("tmp")),
    `${process.pid}-${startTime("self")}-${randomBytes(8).toString("hex")}`,
  );
  const [path, open, tree] = [join(entry, "own"), join(entry, "open"), join(entry, "own", "layer", "diff")];
  // Folders above a tree are closed before the tree is there. The mode of mkdir is less the umask's.
  mkdirSync(path, { recursive: true, mode: 0o700 });
  for (const folder of [open, dirname(tree), tree]) mkdirSync(folder);
  chmodSync(dirname(tree), 0o700);
  for (const folder of [open, tree]) chmodSync(folder, 0o755);
  chmodSync(entry, 0o711);
  return { entry, path, open, tree, log: join(path, "layer", "build.log") };
}

/**
 * A name beside a target for what is to become it: written down in the work directory, so that it goes with that also when
 * the process is killed.
 */
export function draftBeside({ entry }: WorkDir, target: string): string {
  const draft = join(dirname(target), `.${basename(target)}.${basename(entry)}`);
  writeFileSync(join(entry, DRAFT), draft, { mode: 0o600 });
  return draft;
}

/** The archive that is made of a draft. */
export function archiveOf(draft: string): string {
  return `${draft}.tar`;
}

export async function removeWorkDir(entry: string): Promise<void> {
  const draft = existsSync(join(entry, DRAFT)) ? readFileSync(join(entry, DRAFT), "utf8") : "";
  if (draft.endsWith(`.${basename(entry)}`)) {
    for (const left of [draft, archiveOf(draft)]) await rm(left, { recursive: true, force: true });
  }
  await rm(entry, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Removes what builds left that were cut off. Their processes and mounts need no removing: they end with the process
 * that builds.
 * @returns the folders that are gone; in a dry run, that would be
 */
export async function cleanImageBuilds({ dryRun = false }: { dryRun?: boolean } = {}): Promise<string[]> {
  let names: string[] = [];
  try {
    names = readdirSync(storePath("tmp"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const left = names.filter((name) => !isOfLivingProcess(name)).map((name) => storePath("tmp", name));
  if (!dryRun) await Promise.all(left.map(removeWorkDir));
  return left;
}

/** Whether a process that lives builds something. */
export function isBuilding(): boolean {
  return readdirSync(storePath("tmp")).some(isOfLivingProcess);
}

function isOfLivingProcess(name: string): boolean {
  const [pid, start] = name.split("-");
  return pid !== undefined && startTime(pid) === start;
}

/** Clock ticks from boot to a living process's start, field 22 of its stat: tells it from a later one with its pid. */
function startTime(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : rest[18];
  } catch {
    return undefined;
  }
}
