import { SandstackError } from "../../model/error";
import { isMap, UNKNOWN, type PropertyMap } from "../property/value";
import type { ResourceState } from "../state/resource-state";
import { isProviderType, parseReference } from "../urn";
import { createResource, type Change } from "./change";
import { replaceOnChanges } from "./decide";
import { deleteResource } from "./delete";
import type { Registered } from "./goal";
import { dependentsOf } from "./order";
import { protectedError } from "./protect";
import type { Run } from "./run";

/**
 * Makes a resource anew. The old one goes at the end of the run, when everybody uses the new one; or first, with all
 * that cannot live without it.
 */
export async function replaceResource(change: Change, deleteFirst: boolean): Promise<Registered> {
  const { run, goal, old, urn } = change;
  if (old === undefined) throw new SandstackError("INTERNAL", `${urn}: nothing to replace`);
  if (goal.protect && old.protect === true) throw run.locate(protectedError("replaced"), urn);
  if (old.pendingReplacement === true) return createResource(change, "create-replacement", [old]);
  if (!deleteFirst) return createResource(change, "create-replacement");
  for (const condemned of [...(await condemnedWith(run, old)).reverse(), old]) {
    if (condemned.pendingReplacement === true) continue;
    if (condemned !== old && condemned.protect === true) throw run.locate(protectedError("replaced"), condemned.urn);
    await deleteResource(run, condemned, "delete-replaced", "to be made again");
  }
  return createResource(change, "create-replacement", [old]);
}

/**
 * Who has to go before a resource can: of all that refer to it, those which would be replaced if what they take from it
 * changed. The program has not come to them yet, since it needs the resource first; one that it has registered already
 * does not refer to it any more.
 */
async function condemnedWith(run: Run, root: ResourceState): Promise<ResourceState[]> {
  const resources = run.keeper.remaining();
  const gone = new Set([root.urn]);
  const condemned: ResourceState[] = [];
  for (const resource of dependentsOf(root, resources)) {
    if (run.goals.has(resource.urn) || resource.delete === true) continue;
    if (!(await needsReplacement(run, resource, gone))) continue;
    gone.add(resource.urn);
    condemned.push(resource);
  }
  return condemned;
}

async function needsReplacement(run: Run, resource: ResourceState, gone: ReadonlySet<string>): Promise<boolean> {
  if (!resource.custom || resource.external === true || isProviderType(resource.type)) return false;
  if (resource.provider !== undefined && gone.has(parseReference(resource.provider).urn)) return true;
  if (resource.deletedWith !== undefined && gone.has(resource.deletedWith)) return true;
  const inputs = resource.inputs ?? {};
  const news: PropertyMap = { ...inputs };
  for (const [key, urns] of Object.entries(resource.propertyDependencies ?? {})) {
    if (key in inputs && urns.some((urn) => gone.has(urn))) news[key] = UNKNOWN;
  }
  if (!Object.keys(news).some((key) => news[key] === UNKNOWN && !isUnknownAlready(inputs, key))) return false;
  const client = await run.client(resource);
  const { urn, id = "", outputs = {}, ignoreChanges = [] } = resource;
  const diff = await client.diff({ urn, id, olds: outputs, oldInputs: inputs, news, ignoreChanges });
  return replaceOnChanges(diff, resource.replaceOnChanges ?? []).replaceKeys.length > 0;
}

function isUnknownAlready(inputs: PropertyMap, key: string): boolean {
  return !isMap(inputs[key]) && inputs[key] === UNKNOWN;
}
