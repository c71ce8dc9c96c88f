/** What a look at the ledger and at the processes tells of a sandbox. */
export interface Facts {
  /** Its ended record stands. */
  ended: boolean;
  /** Its intent stands. */
  intended: boolean;
  /** Somebody began to end it. */
  ending: boolean;
  /** `undefined` where no keeper was ever written down. */
  keeperAlive: boolean | undefined;
  creatorAlive: boolean;
  /** Its socket stands: a keeper makes that early, and removes it last. */
  reachable: boolean;
  /** Its maker gave it up, and could not remove what was made. */
  abandoned: boolean;
  /** ms since its entry last changed. */
  ageMs: number;
  /** ms since 1970. */
  deadline: number;
}

/**
 * - `starting`: somebody is making it
 * - `running`
 * - `ending`: somebody began to end it, and whoever meets it may finish that
 * - `overdue`: it should have ended by itself
 * - `dead`: nobody holds it any more; what is left of it only gc removes
 * - `ended`
 */
export type Fate = "starting" | "running" | "ending" | "overdue" | "dead" | "ended";

/** The guest ends a sandbox at its deadline and the keeper 600 ms later: then it is gc's. */
export const OVERDUE_MS = 800;
/** A creator that died may have left a keeper that has not yet written itself down; it takes far less. */
export const START_MS = 3_000;

export function fateOf(facts: Facts, now: number): Fate {
  if (facts.ended) return "ended";
  if (facts.keeperAlive === undefined) {
    if (facts.abandoned) return "dead";
    const young = facts.ageMs < START_MS;
    if (!facts.intended) return young ? "starting" : "dead";
    if (now >= facts.deadline + OVERDUE_MS) return "overdue";
    return young || facts.creatorAlive ? "starting" : "dead";
  }
  if (!facts.keeperAlive) return "dead";
  if (facts.ending) return "ending";
  if (now >= facts.deadline + OVERDUE_MS) return "overdue";
  return facts.reachable ? "running" : "starting";
}
