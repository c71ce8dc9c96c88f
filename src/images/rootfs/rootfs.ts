import { type BigIntStats, existsSync, realpathSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { invalidOption, SandstackError } from "../../model/error";
import { stateDir } from "../../model/state-dir";
import type { BuildContext } from "../context";
import type { Step } from "../step";
import { runTool } from "../tool/run-tool";
import { inOption } from "../in-option";
import { giveIdentity } from "../tree/identity";
import { unpackArchive } from "./archive";
import { fingerprintFile, fingerprintTree } from "./fingerprint";

/** A root file system of the user's: a directory, or a tar archive. */
export interface Rootfs {
  path: string;
  stats: BigIntStats;
}

/**
 * @param given relative to the working directory
 * @throws SandstackError INVALID_OPTION for what is neither a directory nor a file, NOT_FOUND for what is not there
 */
export function findRootfs(given: string): Rootfs {
  const path = resolve(given);
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stats) {
    throw new SandstackError("NOT_FOUND", `from.rootfs: ${JSON.stringify(given)} does not exist (${path}).`, {
      hint: "from.rootfs takes a directory or a tar archive of this machine.",
    });
  }
  if (!stats.isFile() && !stats.isDirectory())
    throw invalidOption("from.rootfs", given, "a directory or a tar archive");
  if (stats.isDirectory() && holdsStore(path)) {
    throw invalidOption("from.rootfs", given, `a directory that does not hold the image store (${stateDir()})`);
  }
  return { path, stats };
}

function holdsStore(path: string): boolean {
  const store = existsSync(stateDir()) ? realpathSync(stateDir()) : resolve(stateDir());
  return join(store, "/").startsWith(join(realpathSync(path), "/"));
}

export function rootfsStep(rootfs: Rootfs): Step<{ fingerprint: string }> {
  return {
    name: "source",
    declared: { rootfs: basename(rootfs.path) },
    pinned: "here",
    resolve: () => Promise.resolve({ fingerprint: fingerprintRootfs(rootfs) }),
    recipe: ({ fingerprint }) => ({ rootfs: rootfs.path, is: fingerprint }),
    make: (_, context) => makeRootfs(rootfs, context),
  };
}

/** Tells a root file system from what it was before, without reading it. */
export function fingerprintRootfs({ path, stats }: Rootfs): string {
  return stats.isDirectory() ? fingerprintTree(path) : fingerprintFile(stats);
}

async function makeRootfs({ path, stats }: Rootfs, context: BuildContext): Promise<void> {
  const { tree } = context.work;
  if (stats.isDirectory()) {
    context.report("copying", undefined, path);
    await runTool(["cp", "--archive", "--one-file-system", "--reflink=auto", `${path}/.`, tree], {
      signal: context.signal,
    });
  } else {
    await inOption(`from.rootfs: ${path}`, () => unpackArchive(path, context));
  }
  giveIdentity(tree);
}
