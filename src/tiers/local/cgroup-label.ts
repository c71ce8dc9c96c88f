import { basename } from "node:path";

/** What a cgroup's name says, so that a stranger can tell whose it is when nothing else is left. */
export interface CgroupLabel {
  id: string;
  owner: string;
  /** ms since 1970. */
  createdAt: number;
  /** ms since 1970; the one it was made with. */
  deadline: number;
}

/** All our cgroups stand in a folder of this name, in each hierarchy. */
export const CGROUP_PARENT = "sandstack";

export function formatLabel({ id, owner, createdAt, deadline }: CgroupLabel): string {
  return [id, owner, createdAt, deadline].join(",");
}

/** The label in a cgroup's path or name; `undefined` where it is not one of ours. */
export function parseLabel(path: string): CgroupLabel | undefined {
  const [id, owner, created, deadline, ...more] = basename(path).split(",");
  const whole = id && owner && /^\d+$/.test(created ?? "") && /^\d+$/.test(deadline ?? "") && more.length === 0;
  return whole ? { id, owner, createdAt: Number(created), deadline: Number(deadline) } : undefined;
}
