import type { PendingOperation } from "../state/resource-state";
import { refresh } from "./refresh";
import type { Run } from "./run";

/**
 * What an earlier run was doing when it was cut off, before this run does anything. An update or a delete may have
 * happened in part: the resource is read, and an update is made again.
 */
export async function settleInterrupted(run: Run): Promise<void> {
  const left = run.keeper.leftovers();
  const urns = new Set<string>();
  for (const { resource, type } of left) {
    if (type === "creating") continue;
    urns.add(resource.urn);
    if (type === "updating") run.interrupted.add(resource.urn);
  }
  if (urns.size === 0) return;
  await refresh(run, (resource) => urns.has(resource.urn));
  for (const urn of urns) run.keeper.settle(urn, "updating", "deleting", "reading");
  await run.keeper.changed();
}

/** Updates and deletes that were cut off are nothing any more when everything is deleted. */
export async function forgetInterrupted(run: Run): Promise<void> {
  const left = run.keeper.leftovers().filter(({ type }) => type !== "creating");
  if (left.length === 0) return;
  for (const { resource } of left) run.keeper.settle(resource.urn, "updating", "deleting", "reading");
  await run.keeper.changed();
}

/** Says what a foreign provider may have made and nobody knows. */
export function warnOfForeign(run: Run): void {
  for (const { resource, type } of run.keeper.leftovers()) {
    if (type !== "creating" || run.isOwn(resource)) continue;
    run.log(
      "warning",
      "its create was interrupted: it may exist without standing in the state. Look for it, and remove it by hand.",
      resource.urn,
    );
  }
}

/**
 * Creates that were cut off, and that the program did not repeat. A provider whose create is safe to repeat tells what
 * came of it when it is asked again; then it can be deleted with the rest.
 */
export async function adoptInterrupted(run: Run): Promise<void> {
  if (run.dryRun) return;
  for (const operation of [...run.keeper.leftovers()]) {
    run.checkRunning();
    if (operation.type === "creating" && run.isOwn(operation.resource)) await adopt(run, operation);
  }
}

async function adopt(run: Run, { resource }: PendingOperation): Promise<void> {
  const { urn, inputs = {}, customTimeouts } = resource;
  try {
    const client = await run.client(resource);
    const { id, outputs } = await client.create(urn, inputs, customTimeouts?.create ?? 0, false);
    run.keeper.settle(urn, "creating");
    // A provider that knows one thing per URN may answer with the one that is in use.
    const inUse = run.keeper.snapshot().resources.some((other) => other.urn === urn && other.id === id);
    if (inUse) return await run.keeper.changed();
    await run.keeper.adopt({ ...resource, id, outputs, delete: true });
  } catch (error) {
    throw run.locate(error, urn);
  }
}
