import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "./engine";
import { ifKnown, statusOf } from "./engine-error";
import { readLabels } from "../../model/docker/labels";

const PATIENCE_MS = 5_000;

/** Whatever an engine has of a sandbox but the snapshots of it that are kept: found by its labels, not by names. */
export async function removeParts(engine: Engine, id: string): Promise<void> {
  const filters = { label: [`sandstack.id=${id}`] };
  for (const { Id } of await engine.api.listContainers({ all: true, filters })) {
    await ifKnown(() => removeContainer(engine, Id));
  }
  const { Volumes } = await engine.api.listVolumes({ filters });
  for (const { Name, Labels } of Volumes ?? []) {
    const marked = readLabels(Labels);
    if (marked?.kind === "snapshot" && marked.deadline === undefined) continue;
    await removeVolume(engine, Name);
  }
}

/** Its container may be on its way out still, which the engine tells only so. */
export async function removeVolume(engine: Engine, name: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await ifKnown(() => engine.api.getVolume(name).remove());
      return;
    } catch (error) {
      if (statusOf(error) !== 409 || Date.now() > until) throw error;
    }
    await sleep(20);
  }
}

/** Somebody else may be removing it, which the engine refuses to hear twice. */
async function removeContainer(engine: Engine, id: string): Promise<void> {
  try {
    await engine.api.getContainer(id).remove({ force: true, v: true });
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
    await ifKnown(() => engine.api.getContainer(id).wait({ condition: "removed" }));
  }
}
