import { SandstackError } from "../../model/error";
import { FieldWriter } from "../../model/fields";
import type { GuestLink } from "../../model/guest-link";
import { Tag, Verb } from "../../model/protocol";
import type { Connection, SnapshotOptions } from "../../model/tier";
import { getSnapshot, writeSnapshot } from "../ledger/snapshot";
import { engineAt, type Engine } from "./engine";
import { fromEngine, ifKnown } from "./engine-error";
import { labelsFor, readLabels, type Ownership } from "../../model/docker/labels";
import { mirror, removeHelpers, type Side } from "./mirror";
import { containerName, snapshotVolumeName, volumeName, WRITABLE, type Writable } from "../../model/docker/names";
import { payloadUid } from "./payload-uid";

/**
 * Keeps the files of a sandbox as they are now, in a volume of their own. Its processes stand still meanwhile, and none
 * is ended.
 */
export async function takeDockerSnapshot(
  link: GuestLink,
  { id, description = "", keep = false }: SnapshotOptions,
  { id: sandbox, address }: Connection,
): Promise<void> {
  await atEngine(address, async (engine) => {
    const of = await lookAt(engine, sandbox);
    const volume = snapshotVolumeName(id);
    const createdAt = Date.now();
    const ownership = { ...of, createdAt, deadline: keep ? undefined : of.deadline };
    await engine.api.createVolume({ Name: volume, Labels: labelsFor("snapshot", ownership) });
    try {
      await link.request(Verb.FREEZE);
      try {
        await mirror(engine, { from: filesOf(sandbox), to: { volume }, of });
      } finally {
        await link.request(Verb.THAW);
      }
      const place = { host: engine.host, volume, uid: payloadUid(sandbox, engine.remaps) };
      writeSnapshot({ id, sandbox, createdAt, description, keep, layers: [], shared: [], docker: place });
    } catch (error) {
      await ifKnown(() => engine.api.getVolume(volume).remove());
      throw error;
    }
  });
}

/** Brings the files back; every process of the payload is ended, and none begins before they are whole. */
export async function rollDockerBack(
  link: GuestLink,
  snapshot: string,
  { id: sandbox, address }: Connection,
): Promise<void> {
  const { docker } = getSnapshot(snapshot);
  await atEngine(address, async (engine) => {
    if (docker?.host !== engine.host) {
      throw new SandstackError("NO_SUCH_SNAPSHOT", `Snapshot ${snapshot} is none of the engine at ${engine.host}.`);
    }
    await requireSnapshotVolume(engine, docker.volume, snapshot);
    const of = await lookAt(engine, sandbox);
    await link.request(Verb.ROLLBACK, new FieldWriter().text(Tag.ID, snapshot));
    try {
      const owner = { before: docker.uid, after: payloadUid(sandbox, engine.remaps) };
      const from = { volume: docker.volume };
      await mirror(engine, { from, to: filesOf(sandbox), owner, of });
    } finally {
      await link.request(Verb.THAW);
    }
  });
}

/** An engine makes a volume that it does not have, empty, and would so bring back nothing. */
export async function requireSnapshotVolume({ api, host }: Engine, volume: string, snapshot: string): Promise<void> {
  if (await ifKnown(() => api.getVolume(volume).inspect())) return;
  throw new SandstackError(
    "NO_SUCH_SNAPSHOT",
    `The engine at ${host} has no volume ${volume} of ${snapshot} any more.`,
  );
}

/** The files of a snapshot; of one that is gone there is nothing to do. */
export async function removeSnapshotVolume({ host, volume }: { host: string; volume: string }): Promise<void> {
  try {
    const engine = await engineAt(host);
    await removeHelpers(engine, [volume]);
    await ifKnown(() => engine.api.getVolume(volume).remove());
  } catch (error) {
    throw fromEngine(error, host, `removing ${volume}`);
  }
}

async function atEngine(address: Connection["address"], work: (engine: Engine) => Promise<void>): Promise<void> {
  if (address.kind !== "docker") throw new SandstackError("INTERNAL", "A sandbox on docker has another address.");
  try {
    await work(await engineAt(address.host));
  } catch (error) {
    throw fromEngine(error, address.host, "keeping or bringing back files");
  }
}

async function lookAt(engine: Engine, sandbox: string): Promise<Ownership> {
  const { Config } = await engine.api.getContainer(containerName(sandbox)).inspect();
  return { owner: "unknown", createdAt: Date.now(), ...readLabels(Config.Labels), id: sandbox };
}

function filesOf(sandbox: string): Side {
  const named = WRITABLE.map((name) => [name, volumeName(sandbox, name)]);
  return { volumes: Object.fromEntries(named) as Record<Writable, string> };
}
