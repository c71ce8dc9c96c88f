import type { AptSource } from "./apt-sources";

/** Parts of a release that are installed from, each an archive of its own; the first has the packages themselves. */
const POCKETS = ["", "-updates", "-security"] as const;
type Pocket = (typeof POCKETS)[number];
/** Names of Debian's releases that move from one to the next. */
const MOVING = ["oldstable", "stable", "testing", "unstable", "sid"];

export interface Candidate extends AptSource {
  pocket: Pocket;
  /** The machine itself installs from just this suite. */
  own: boolean;
}

/**
 * Where a suite may be, by what the machine itself uses: the same archives, with the suite asked for in place of the
 * machine's. Whose archives they are shows only in what they answer.
 * @param machine the machine's own suite; undefined where it runs neither Debian nor Ubuntu
 */
export function candidatesOf(suite: string, sources: readonly AptSource[], machine: string | undefined): Candidate[] {
  return sources.flatMap((source) => {
    const pocket = POCKETS.findLast((end) => source.suite.endsWith(end)) as Pocket;
    const release = source.suite.slice(0, source.suite.length - pocket.length);
    const distributions = release === machine || release === suite || MOVING.includes(release);
    if (!distributions || !source.components.includes("main")) return [];
    return [{ ...source, suite: suite + pocket, pocket, own: release === suite }];
  });
}

/** Where a suite may be in a mirror that the user names. */
export function candidatesOfMirror(suite: string, mirror: string): Candidate[] {
  const uri = mirror.replace(/\/+$/, "");
  return POCKETS.map((pocket) => ({ uri, suite: suite + pocket, pocket, components: [], own: false }));
}
