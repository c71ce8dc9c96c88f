import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { SandstackError } from "../../model/error";
import { errnoOf, ifThere } from "../system/system-error";
import { shelfPath } from "./shelf";

// A layer is `layers/<sandbox id>.<n>/` with `diff/` and `refs/<user>`. While `refs/` stands, a user can still be added;
// whoever manages to rmdir it was the last, and removes the layer (guest/PROTOCOL.md).

export interface Layer {
  path: string;
  /** The sandbox that wrote it. */
  sandbox: string;
  createdAt: number;
}

export interface LayerRef {
  path: string;
  /** A sandbox's id or a snapshot's. */
  user: string;
  takenAt: number;
}

export function listLayers(): Layer[] {
  return (ifThere(() => readdirSync(shelfPath("layers"))) ?? []).flatMap((name) => {
    const path = shelfPath("layers", name);
    const stat = ifThere(() => statSync(path));
    return stat ? [{ path, sandbox: name.split(".")[0] as string, createdAt: stat.ctimeMs }] : [];
  });
}

export function listRefs(layer: string): LayerRef[] {
  const refs = join(layer, "refs");
  return (ifThere(() => readdirSync(refs)) ?? []).flatMap((user) => {
    const path = join(refs, user);
    const stat = ifThere(() => statSync(path));
    return stat ? [{ path, user, takenAt: stat.mtimeMs }] : [];
  });
}

/** Where a user's reference on a layer stands. */
export function refPath(layer: string, user: string): string {
  return join(layer, "refs", user);
}

/** @throws SandstackError NO_SUCH_SNAPSHOT where the layer is just being removed, or gone */
export function takeRef(ref: string): void {
  try {
    closeSync(openSync(ref, "wx", 0o600));
  } catch (cause) {
    if (errnoOf(cause) === "EEXIST") return;
    if (errnoOf(cause) !== "ENOENT") throw cause;
    throw new SandstackError("NO_SUCH_SNAPSHOT", `The snapshot's files are gone: ${dirname(dirname(ref))}.`, {
      cause,
      hint: "Its sandbox has ended. A snapshot made with { keep: true } outlives it.",
    });
  }
}

/** Drops a reference, and the layer with the last one. */
export function dropRef(ref: string): void {
  rmSync(ref, { force: true });
  removeUnused(dirname(dirname(ref)));
}

/** Removes a layer unless somebody refers to it. */
export function removeUnused(layer: string): void {
  try {
    rmdirSync(join(layer, "refs"));
  } catch (error) {
    if (errnoOf(error) === "ENOTEMPTY") return;
    if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "ENOTDIR") throw error;
  }
  removeTree(layer);
}

/** What a payload wrote may be nested deeper than a path can name; `rm` goes down step by step, Node does not. */
function removeTree(path: string): void {
  execFileSync("rm", ["-rf", "--one-file-system", "--", path], { stdio: ["ignore", "ignore", "pipe"] });
}

/** The layer of one of its lower directories (`…/layers/<name>/diff`); `undefined` where it is of an image. */
export function layerOf(directory: string): string | undefined {
  const layer = dirname(directory);
  return dirname(layer) === shelfPath("layers") && basename(directory) === "diff" ? layer : undefined;
}
