import type { NetworkInspectInfo } from "dockerode";
import type { OwnedObject } from "../../model/tier";
import { engineAt, type Engine } from "./engine";
import { fromEngine } from "./engine-error";
import { networkOwner, OURS, readLabels } from "../../model/docker/labels";

/** An object of an engine, with what only an engine's have. */
export interface EngineObject extends OwnedObject {
  /** That has its record, where its mark says so. */
  machine?: string;
  /** A container that runs. */
  running?: boolean;
}

/** Every object of an engine that is a sandbox's or a host's, of one owner or of all. */
export async function ownedAt(host: string, owner?: string): Promise<EngineObject[]> {
  try {
    const objects = await list(await engineAt(host));
    return owner === undefined ? objects : objects.filter((object) => object.owner === owner);
  } catch (error) {
    throw fromEngine(error, host, "listing what is ours");
  }
}

async function list({ api }: Engine): Promise<EngineObject[]> {
  const [containers, { Volumes: volumes }, networks] = await Promise.all([
    api.listContainers({ all: true, filters: OURS }),
    api.listVolumes({ filters: OURS }),
    api.listNetworks({ filters: OURS }),
  ]);
  return [
    ...containers.flatMap(({ Names, Id, Labels, State }) =>
      objectOf("container", Names[0]?.replace(/^\//, "") ?? Id, Labels).map((object) => ({
        ...object,
        running: State === "running",
      })),
    ),
    ...(volumes ?? []).flatMap(({ Name, Labels }) => objectOf("volume", Name, Labels)),
    ...networks.flatMap(networkOf),
  ];
}

function objectOf(kind: "container" | "volume", where: string, labels: Record<string, string> | null): EngineObject[] {
  const marked = readLabels(labels);
  if (marked === undefined) return [];
  const { id: sandbox, owner, createdAt, deadline, ledger, machine } = marked;
  return [{ kind, where, sandbox, owner, createdAt, deadline, ledger, machine }];
}

function networkOf({ Name, Created, Labels }: NetworkInspectInfo): OwnedObject[] {
  const owner = networkOwner(Labels);
  return owner === undefined
    ? []
    : [{ kind: "network", where: Name, sandbox: owner, owner, createdAt: Date.parse(Created) }];
}

/** Removes one of them; of what is gone there is nothing to do. */
export async function removeObject(host: string, { kind, where }: OwnedObject): Promise<void> {
  const { api } = await engineAt(host);
  try {
    if (kind === "container") await api.getContainer(where).remove({ force: true, v: true });
    else if (kind === "volume") await api.getVolume(where).remove();
    else await api.getNetwork(where).remove();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw fromEngine(error, host, `removing ${where}`);
  }
}
