import { readLabels } from "../../model/docker/labels";
import { engineAt, type Engine } from "./engine";
import { fromEngine, ifKnown, statusOf } from "./engine-error";
import { inTurn } from "./shared-work";

/**
 * Removes what serves all sandboxes of an engine (the reaper, the guest's volumes and images) where there are none. The
 * next one brings it again.
 */
export async function tidyEngine(host: string): Promise<void> {
  try {
    const engine = await engineAt(host);
    await inTurn(`tidying up ${engine.id}`, () => tidy(engine));
  } catch (error) {
    throw fromEngine(error, host, "tidying up");
  }
}

async function tidy(engine: Engine): Promise<void> {
  if (await isUsed(engine)) return;
  const of = (kind: string) => ({ label: [`sandstack.kind=${kind}`] });
  const { api } = engine;
  for (const kind of ["reaper", "guest"]) {
    for (const { Id } of await api.listContainers({ all: true, filters: of(kind) })) {
      await unlessUsed(() => api.getContainer(Id).remove({ force: true }));
    }
    const { Volumes } = await api.listVolumes({ filters: of(kind) });
    for (const { Name } of Volumes ?? []) await unlessUsed(() => api.getVolume(Name).remove());
  }
  for (const { Id } of await api.listImages({ filters: of("guest") })) {
    await unlessUsed(() => api.getImage(Id).remove());
  }
}

/** By whatever is of one sandbox, a volume too: somebody may have begun to make one. A snapshot needs nothing to lie there. */
async function isUsed({ api }: Engine): Promise<boolean> {
  const filters = { label: ["sandstack.id"] };
  const [containers, { Volumes }] = await Promise.all([
    api.listContainers({ all: true, filters }),
    api.listVolumes({ filters }),
  ]);
  return containers.length > 0 || (Volumes ?? []).some(({ Labels }) => readLabels(Labels)?.kind !== "snapshot");
}

/** Somebody may have come to need it, or be removing it too. */
async function unlessUsed(remove: () => Promise<unknown>): Promise<void> {
  try {
    await ifKnown(remove);
  } catch (error) {
    // So an engine says of an image that has just gone.
    const isGone = statusOf(error) === 500 && /unrecognized image ID/.test(String(error));
    if (statusOf(error) !== 409 && !isGone) throw error;
  }
}
