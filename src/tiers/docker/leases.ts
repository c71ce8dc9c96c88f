import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { isSandboxId } from "../../model/id";
import type { Engine } from "./engine";
import { ifKnown } from "./engine-error";
import { processRoot } from "./process-root";
import { REAPER, REAPER_LEASES } from "./reaper";
import { filesOfTar } from "./files-of-tar";

/** Deadlines of sandboxes, in ms since 1970. */
export type Leases = ReadonlyMap<string, number>;

/**
 * The deadlines of record of an engine's sandboxes, whoever made them: labels keep the first one. `undefined` where no
 * reaper is there to ask.
 */
export async function readLeases(engine: Engine): Promise<Leases | undefined> {
  const reaper = engine.api.getContainer(REAPER);
  const found = await ifKnown(() => reaper.inspect());
  if (found === undefined) return undefined;
  const root = processRoot(engine, found);
  const files = (root === undefined ? undefined : readStraight(`${root}${REAPER_LEASES}`)) ?? (await readArchive());
  return files && parseLeases(files);

  async function readArchive(): Promise<[string, string][] | undefined> {
    const archive = await ifKnown(() => reaper.getArchive({ path: REAPER_LEASES }));
    return archive && filesOfTar(await buffer(archive));
  }
}

/** `undefined` where it goes just now. */
function readStraight(folder: string): [string, string][] | undefined {
  try {
    return readdirSync(folder).flatMap((name) =>
      isSandboxId(name) ? [[name, readFileSync(join(folder, name), "utf8")]] : [],
    );
  } catch {
    return undefined;
  }
}

/** One that is just being written has no end of line yet. */
export function parseLeases(files: readonly (readonly [string, string])[]): Leases {
  return new Map(
    files.flatMap(([name, text]) => {
      const deadline = /^(\d+)\n$/.exec(text)?.[1];
      return isSandboxId(name) && deadline !== undefined ? [[name, Number(deadline)] as const] : [];
    }),
  );
}
