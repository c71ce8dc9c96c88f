import { createHash } from "node:crypto";

/** All of an instance that can't be changed while it lives. */
export interface Unchangeable {
  tier: string;
  owner: string;
  group?: string;
  image?: string;
  snapshot?: string;
  task?: unknown;
  network?: string;
  user?: string;
  disk?: string | number;
  /** Of tier docker. */
  container?: object;
}

/** A digest of what an instance is made from: another one asks for another lease, and so for another sandbox. */
export function generationOf(of: Unchangeable): string {
  const { tier, owner, group, image, snapshot, task, network, user, disk, container } = of;
  const parts: unknown[] = [tier, owner, group, image, snapshot, task, network, user, disk];
  // Those of other tiers stay what they were before there was any.
  if (container !== undefined) parts.push(container);
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
