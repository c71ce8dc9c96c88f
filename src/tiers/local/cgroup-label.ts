import { basename } from "node:path";
import { isLedgerId } from "../../model/id";

/** What a cgroup's name says, so that a stranger can tell whose it is when nothing else is left. */
export interface CgroupLabel {
  id: string;
  owner: string;
  /** ms since 1970. */
  createdAt: number;
  /** ms since 1970; the one it was made with. */
  deadline: number;
  /** The ledger of the state directory that has its record; older versions did not say. */
  ledger?: string;
}

/** All our cgroups stand in a folder of this name, in each hierarchy. */
export const CGROUP_PARENT = "sandstack";

export function formatLabel({ id, owner, createdAt, deadline, ledger }: CgroupLabel): string {
  return [id, owner, createdAt, deadline, ...(ledger === undefined ? [] : [ledger])].join(",");
}

/** The label in a cgroup's path or name; `undefined` where it is not one of ours. */
export function parseLabel(path: string): CgroupLabel | undefined {
  const [id, owner, created, deadline, ledger, ...more] = basename(path).split(",");
  const isLedger = ledger === undefined || isLedgerId(ledger);
  const isMade = /^\d+$/.test(created ?? "") && /^\d+$/.test(deadline ?? "");
  const whole = id && owner && isMade && isLedger && more.length === 0;
  return whole ? { id, owner, createdAt: Number(created), deadline: Number(deadline), ledger } : undefined;
}
