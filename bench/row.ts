import type { Timing } from "./measure";

/** One line of the report: what was timed, and how it stands to a peer in the same run. */
export interface Row {
  what: string;
  timing: Timing;
  /** Whom it is compared with; without, the line is for information. */
  peer?: string;
  /** Ratio of the medians. */
  ratio?: number;
  /** The ratio must not be above it. */
  goal?: number;
  met?: boolean;
}

/** A line for each contender, those with a peer compared with it; `goals` by the contender's name. */
export function compare(
  timings: ReadonlyMap<string, Timing>,
  peers: Readonly<Record<string, { peer: string; goal?: number }>>,
): Row[] {
  return [...timings].map(([what, timing]) => {
    const against = peers[what];
    const base = against && timings.get(against.peer);
    if (!base) return { what, timing };
    const ratio = timing.median / base.median;
    const { peer, goal } = against;
    return { what, timing, peer, ratio, ...(goal === undefined ? {} : { goal, met: ratio <= goal }) };
  });
}

/** That a time does not depend on a size: the largest median against the smallest. */
export function spread(what: string, timings: readonly Timing[], goal: number): Row {
  const sorted = [...timings].sort((a, b) => a.median - b.median);
  const [smallest, largest] = [sorted[0] as Timing, sorted.at(-1) as Timing];
  const ratio = largest.median / smallest.median;
  return { what, timing: largest, peer: "its smallest median", ratio, goal, met: ratio <= goal };
}
