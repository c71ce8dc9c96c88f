import { SandstackError } from "../../model/error";
import { type ImageLock, type Lock, lockOf } from "../../model/lock";
import type { LockValues } from "../commands/lock";
import { printJson } from "../options/json";
import { ProgressBar } from "../progress";
import type { Context } from "../program";
import { formatTable } from "../table";
import { declaredImages } from "./declared-images";
import { describeLock, pinChanges } from "./lock-changes";
import { readLock, writeLock } from "./lock-file";
import { prepare } from "./operate";
import { print } from "../output";

/** Builds what the stack's program declares, and writes what it is made from. */
export async function lock({ stack, upgrade, json }: LockValues, context: Context): Promise<void> {
  const on = await prepare({ stack });
  const before = readLock(on.project.folder);
  const images = await declaredImages(on, context);
  if (typeof upgrade === "string" && !images.has(upgrade)) throw noSuchImage("--upgrade", upgrade, [...images.keys()]);
  const { lockImage } = await import("../../images/index.js");
  const { imageHelpers } = await import("../../../runtime/image-helpers.js");
  const made: [string, ImageLock][] = [];
  for (const [name, args] of images) {
    using bar = new ProgressBar();
    const locked = await lockImage(args, {
      lock: before?.[name],
      upgrade: upgrade === true || upgrade === name,
      ...imageHelpers,
      signal: context.signal,
      onProgress: (progress) => bar.report({ ...progress, step: `${name}: ${progress.step}` }),
    });
    made.push([name, locked]);
  }
  const now = lockOf(made);
  writeLock(on.project.folder, now);
  if (json) printJson(rowsOf(before ?? lockOf([]), now));
  else print(formatTable(["IMAGE", "DIGEST", "WHAT CHANGED"], tableOf(before ?? lockOf([]), now)));
}

function rowsOf(before: Lock, now: Lock) {
  return Object.entries(now).map(([image, locked]) => ({
    image,
    digest: locked.digest,
    before: before[image]?.digest ?? null,
    changes: pinChanges(before[image], locked),
  }));
}

function tableOf(before: Lock, now: Lock): string[][] {
  const gone = Object.keys(before).filter((name) => !(name in now));
  return [
    ...Object.entries(now).map(([name, locked]) => [
      name,
      locked.digest.slice(0, "sha256:".length + 12),
      describeLock(before[name], locked),
    ]),
    ...gone.map((name) => [name, "-", "no longer declared"]),
  ];
}

export function noSuchImage(option: string, name: string, known: readonly string[]): SandstackError {
  const hint = known.length > 0 ? `It declares ${known.join(", ")}.` : "It declares none.";
  return new SandstackError(
    "INVALID_OPTION",
    `${option}: the program declares no SandboxImage ${JSON.stringify(name)}.`,
    { hint },
  );
}
