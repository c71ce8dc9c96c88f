import type { ResourceState } from "../../engine";
import type { OwnedObject, SandboxRecord } from "../../model/tier";
import type { SnapshotRecord } from "../../tiers";

/** What the owners of a stack have on this machine. */
export interface Belongings {
  owners: string[];
  /** Of docker, by address. */
  engines: string[];
  sandboxes: SandboxRecord[];
  snapshots: SnapshotRecord[];
  /** Processes, cgroups, sockets, layers, containers, volumes and the like. */
  objects: OwnedObject[];
}

/** The owners that a state knows. */
export function ownersOf(resources: readonly ResourceState[]): string[] {
  return resources.flatMap(({ type, id }) => (type === "sandstack:index:Owner" && id ? id : []));
}

/** The engines that a state has sandboxes at. */
export function enginesOf(resources: readonly ResourceState[]): string[] {
  const hosts = resources.flatMap(({ type, inputs }) => (type === "sandstack:docker:Guest" ? inputs?.["host"] : []));
  return [...new Set(hosts.filter((host) => typeof host === "string"))];
}

/** From the ledger, from the machine itself and from engines. */
export async function belongingsOf(owners: string[], engines: string[]): Promise<Belongings> {
  const [{ listSandboxes, listSnapshots }, { leftovers }] = await Promise.all([
    import("../../tiers/index.js"),
    import("../../provider/index.js"),
  ]);
  const sandboxes = listSandboxes().sandboxes.filter(({ owner }) => owners.includes(owner));
  const ids = new Set(sandboxes.map(({ id }) => id));
  const snapshots = listSnapshots().snapshots.filter(({ sandbox }) => ids.has(sandbox));
  const objects = (await Promise.all(owners.map((owner) => leftovers(owner, engines)))).flat();
  return { owners, engines, sandboxes, snapshots, objects };
}
