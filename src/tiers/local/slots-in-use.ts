import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { slotOf } from "../ledger/uid-range";
import { ifThere } from "../system/system-error";
import { CGROUP_PARENT, parseLabel } from "./cgroup-label";
import { cgroupTree } from "./cgroup-tree";

let found: ReadonlySet<number> | undefined;

/**
 * Ranges of user ids that sandboxes have which were there when this process first asked, by whom their cgroups belong to:
 * those of older versions claimed theirs in their own state directory alone.
 */
export function slotsInUse(): ReadonlySet<number> {
  found ??= new Set(look());
  return found;
}

function look(): number[] {
  const { unified } = cgroupTree();
  if (unified === undefined) return [];
  const parent = join(unified, CGROUP_PARENT);
  return (ifThere(() => readdirSync(parent)) ?? []).flatMap((name) => {
    const label = parseLabel(name);
    if (label === undefined || label.ledger !== undefined) return [];
    const guest = ifThere(() => statSync(join(parent, name, "cgroup.procs")).uid);
    return (guest === undefined ? undefined : slotOf(guest)) ?? [];
  });
}
