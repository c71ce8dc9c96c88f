import type { OwnedObject } from "../model/tier";
import { cgroups, processes } from "./objects/cgroup";
import { claims, layers, loopDevices, records, snapshots, sockets } from "./objects/file";

const LISTS: readonly (() => OwnedObject[])[] = [
  records,
  processes,
  cgroups,
  sockets,
  claims,
  loopDevices,
  layers,
  snapshots,
];

/** Every object on this machine that is ours, of one owner or of all. What was told of an ended sandbox is no object. */
export function owned(owner?: string): OwnedObject[] {
  const all = LISTS.flatMap((list) => list());
  return owner === undefined ? all : all.filter((object) => object.owner === owner);
}
