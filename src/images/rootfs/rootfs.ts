import { type BigIntStats, existsSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { invalidOption, SandstackError } from "../../model/error";
import { stateDir } from "../../model/state-dir";
import type { BuildContext } from "../context";
import type { Recipe } from "../store/recipe";
import { runTool } from "../tool/run-tool";
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
  if (!stats) throw new SandstackError("NOT_FOUND", `from.rootfs: ${JSON.stringify(given)} does not exist (${path}).`);
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

export function rootfsRecipe({ path, stats }: Rootfs): Recipe {
  return { rootfs: path, is: stats.isDirectory() ? fingerprintTree(path) : fingerprintFile(stats) };
}

export async function makeRootfs({ path, stats }: Rootfs, context: BuildContext): Promise<void> {
  const { tree } = context.work;
  if (stats.isDirectory()) {
    context.report("copying", undefined, path);
    await runTool(["cp", "--archive", "--one-file-system", "--reflink=auto", `${path}/.`, tree], {
      signal: context.signal,
    });
  } else {
    await unpackArchive(path, Number(stats.size), context);
  }
  giveIdentity(tree);
}
