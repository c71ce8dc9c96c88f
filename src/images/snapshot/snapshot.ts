import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { invalidOption, SandstackError } from "../../model/error";
import { isSnapshotId } from "../../model/id";
import type { ImageConfig } from "../../model/image";
import type { BuildContext } from "../context";
import type { Step } from "../step";
import { readManifest } from "../store/manifest";
import { runTool } from "../tool/run-tool";

/** What an image needs of a snapshot. */
export interface SnapshotFiles {
  /** Its root file system: directories, the topmost first. */
  layers: readonly string[];
  /** The digest of the image under it. */
  image: string;
}

type SnapshotPins = { config: ImageConfig };

/** @throws SandstackError INVALID_OPTION for what is no snapshot's id */
export function snapshotStep(id: string): Step<SnapshotPins> {
  if (!isSnapshotId(id)) throw invalidOption("from.snapshot", id, "the id of a snapshot, such as snap-0a1b2c3d4e5f");
  return {
    name: "source",
    declared: { snapshot: id },
    pinned: "here",
    resolve: async (context) => ({ config: readManifest((await filesOf(id, context)).image)?.config ?? {} }),
    recipe: () => ({ snapshot: id }),
    make: (_, context) => makeSnapshot(id, context),
    config: ({ config }) => config,
  };
}

async function filesOf(id: string, { options }: BuildContext): Promise<SnapshotFiles> {
  if (options.snapshot) return options.snapshot(id);
  throw new SandstackError("UNSUPPORTED", `from.snapshot: ${id}: snapshots are not known here.`);
}

/** As the kernel shows its layers on top of each other; the mount is this tool's own, and dies with it. */
async function makeSnapshot(id: string, context: BuildContext): Promise<void> {
  const { work, signal } = context;
  const { layers } = await filesOf(id, context);
  const missing = layers.find((layer) => !existsSync(layer));
  if (missing !== undefined) {
    throw new SandstackError("NO_SUCH_SNAPSHOT", `from.snapshot: the files of ${id} are not there (${missing}).`, {
      hint: "A sandbox with a limited disk has its snapshots to itself, but for those that it was asked to keep.",
    });
  }
  context.report("copying", 0, id);
  const place = join(work.path, "snapshot");
  mkdirSync(join(place, "merged"), { recursive: true });
  mkdirSync(join(place, "empty"));
  // Short names: all of a mount's options have to fit into a page. A lone lower directory is refused, hence the empty one.
  layers.forEach((layer, index) => symlinkSync(layer, join(place, String(index))));
  const lowers = ["empty", ...layers.keys()].join(":");
  const script =
    'mount -t overlay -o "ro,redirect_dir=follow,metacopy=off,lowerdir=$1" snapshot merged && ' +
    'cp --archive --one-file-system --reflink=auto merged/. "$2" && find "$2" -xdev -type s -delete';
  await runTool(["unshare", "--mount", "sh", "-c", script, "sh", lowers, work.tree], { signal, cwd: place });
}
