import type { ResourceState } from "../../engine";
import type { OwnedObject, SandboxRecord } from "../../model/tier";
import type { SnapshotRecord } from "../../tiers";

/** What the owners of a stack have on this machine. */
export interface Belongings {
  owners: string[];
  sandboxes: SandboxRecord[];
  snapshots: SnapshotRecord[];
  /** Processes, cgroups, sockets, layers and the like. */
  objects: OwnedObject[];
}

/** The owners that a state knows. */
export function ownersOf(resources: readonly ResourceState[]): string[] {
  return resources.flatMap(({ type, id }) => (type === "sandstack:index:Owner" && id ? id : []));
}

/** From the ledger and from the machine itself. */
export async function belongingsOf(owners: string[]): Promise<Belongings> {
  const [{ listSandboxes, listSnapshots }, { leftovers }] = await Promise.all([
    import("../../tiers/index.js"),
    import("../../provider/index.js"),
  ]);
  const sandboxes = listSandboxes().sandboxes.filter(({ owner }) => owners.includes(owner));
  const ids = new Set(sandboxes.map(({ id }) => id));
  const snapshots = listSnapshots().snapshots.filter(({ sandbox }) => ids.has(sandbox));
  const objects = (await Promise.all(owners.map(leftovers))).flat();
  return { owners, sandboxes, snapshots, objects };
}
