import type { DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import { diffProperties, topKeys, type DetailedDiff, type DiffKind } from "../property/diff";
import type { PropertyMap } from "../property/value";

/** What a provider says of the difference between two states of a resource. */
export interface Diff {
  changed: boolean;
  detailed: DetailedDiff;
  /** Top properties whose change makes a new resource necessary. */
  replaceKeys: string[];
  /** Top properties whose value stays, also when others change. */
  stableKeys: string[];
  deleteBeforeReplace: boolean;
}

/** `DiffResponse.DiffChanges`. */
const [UNKNOWN, NONE] = [0, 1];
const KINDS: DiffKind[] = ["add", "add", "delete", "delete", "update", "update"];

/** The difference that the engine sees itself: what the program has changed. */
export function ownDiff(old: PropertyMap, now: PropertyMap): Diff {
  const detailed = diffProperties(old, now);
  const changed = Object.keys(detailed).length > 0;
  return { changed, detailed, replaceKeys: [], stableKeys: [], deleteBeforeReplace: false };
}

/** A provider's answer; a provider that leaves the question open leaves it to the engine. */
export function readDiff(response: DiffResponse, old: PropertyMap, now: PropertyMap): Diff {
  const own = ownDiff(old, now);
  const common = { stableKeys: response.getStablesList(), deleteBeforeReplace: response.getDeletebeforereplace() };
  const replaceKeys = response.getReplacesList();
  const changes: number = response.getChanges();
  if (changes === UNKNOWN) return { ...own, ...common, changed: own.changed || replaceKeys.length > 0, replaceKeys };
  if (changes === NONE) return { ...common, changed: false, detailed: {}, replaceKeys: [] };
  const detailed = response.getHasdetaileddiff() ? detailedOf(response) : detailedByKeys(response, own.detailed);
  const replacing = topKeys(Object.fromEntries(Object.entries(detailed).filter(([, { replace }]) => replace)));
  return { ...common, changed: true, detailed, replaceKeys: [...new Set([...replaceKeys, ...replacing])] };
}

function detailedOf(response: DiffResponse): DetailedDiff {
  const detailed: DetailedDiff = {};
  for (const [path, diff] of response.getDetaileddiffMap().entries()) {
    const kind = diff.getKind();
    detailed[path] = { kind: KINDS[kind] ?? "update", replace: kind % 2 === 1, input: diff.getInputdiff() };
  }
  return detailed;
}

/** From a provider that names top properties only. */
function detailedByKeys(response: DiffResponse, own: DetailedDiff): DetailedDiff {
  const replaces = new Set(response.getReplacesList());
  const keys = new Set([...response.getDiffsList(), ...replaces]);
  if (keys.size === 0) return own;
  const detailed: DetailedDiff = {};
  for (const [path, diff] of Object.entries(own)) {
    const [key = path] = topKeys({ [path]: diff });
    if (keys.delete(key) || detailed[path] !== undefined) detailed[path] = { ...diff, replace: replaces.has(key) };
  }
  for (const key of keys) detailed[key] = { kind: "update", replace: replaces.has(key), input: false };
  return detailed;
}
