import type { StepOp } from "../events";
import type { ResourceState } from "../state/resource-state";
import { isDefaultProvider, isProviderType } from "../urn";
import { orAbandon } from "./change";
import { deleteAfter, runInOrder } from "./order";
import { protectedError } from "./protect";
import { describe, type Run } from "./run";

/**
 * Deletes a resource, and forgets it.
 * @param keep "to be made again": it stays in the state, marked as deleted, until its successor is there
 */
export async function deleteResource(
  run: Run,
  resource: ResourceState,
  op: StepOp,
  keep?: "to be made again",
  isGoing: (urn: string) => boolean = () => false,
): Promise<void> {
  const work = async () => {
    const calls = !run.dryRun && needsProvider(resource, isGoing);
    if (calls) {
      const client = await run.client(resource);
      await run.keeper.begin(resource, "deleting");
      const { urn, id = "", inputs = {}, outputs = {}, customTimeouts } = resource;
      const call = () => client.delete(urn, id, inputs, outputs, customTimeouts?.delete ?? 0);
      await orAbandon(run, resource, call);
    }
    if (keep !== undefined) {
      resource.pendingReplacement = true;
      return run.keeper.settleOld(resource);
    }
    return run.keeper.remove(resource, resource);
  };
  if (isDefaultProvider(resource.urn)) return work();
  await run.step(describe(op, resource, resource), work);
}

/** What was never made by a provider is only forgotten. */
function needsProvider(resource: ResourceState, isGoing: (urn: string) => boolean): boolean {
  if (!resource.custom || resource.external === true || isProviderType(resource.type)) return false;
  if (resource.retainOnDelete === true || resource.pendingReplacement === true) return false;
  return resource.deletedWith === undefined || !isGoing(resource.deletedWith);
}

/**
 * Deletes what nobody wants any more: what the program has not registered, and what was replaced. In reverse order of
 * dependency; all that can go at once goes at once.
 */
export async function deleteUnwanted(run: Run): Promise<void> {
  const unwanted = run.keeper.remaining().filter((resource) => !run.taken.has(resource) || resource.delete === true);
  const kept = unwanted.filter((resource) => resource.protect === true && resource.delete !== true);
  for (const resource of kept) run.fail(run.locate(protectedError("deleted"), resource.urn), resource.urn);
  run.checkRunning();
  const going = new Set(unwanted.filter(({ delete: replaced }) => replaced !== true).map(({ urn }) => urn));
  await runInOrder(
    deleteAfter(unwanted),
    (resource) => deleteResource(run, resource, opOf(resource), undefined, (urn) => going.has(urn)),
    () => run.stopped,
  );
}

function opOf(resource: ResourceState): StepOp {
  if (resource.delete === true) return "delete-replaced";
  return resource.pendingReplacement === true ? "discard" : "delete";
}
