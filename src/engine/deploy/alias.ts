import { makeUrn, parseUrn } from "../urn";
import type { Goal } from "./goal";

/** A parent's present name and URNs it had before. */
export interface ParentAliases {
  urn: string;
  name: string;
  aliases: readonly string[];
}

/**
 * URNs under which a resource may stand in the state: its own aliases, its parent's, and both.
 * @param where the stack and project of this run
 */
export function aliasUrns(
  goal: Pick<Goal, "aliases" | "name" | "type" | "parent">,
  parent: ParentAliases | undefined,
  where: { stack: string; project: string },
): string[] {
  const found = new Set<string>();
  const { name, type } = goal;
  for (const before of parent?.aliases ?? []) {
    found.add(makeUrn(where.stack, where.project, before, type, childName(name, parent?.name, parseUrn(before).name)));
  }
  for (const alias of goal.aliases) {
    if ("urn" in alias) {
      found.add(alias.urn);
      continue;
    }
    const [stack, project] = [alias.stack || where.stack, alias.project || where.project];
    const now = alias.noParent ? undefined : alias.parent || goal.parent;
    found.add(makeUrn(stack, project, now, alias.type || type, alias.name || name));
    // The parent may have been renamed at the same time.
    if (now === parent?.urn && !alias.noParent) {
      for (const before of parent?.aliases ?? []) {
        const old = childName(alias.name || name, parent?.name, parseUrn(before).name);
        found.add(makeUrn(stack, project, before, alias.type || type, old));
      }
    }
  }
  return [...found];
}

/** A child named after its parent was named after the parent's old name. */
function childName(name: string, parent: string | undefined, before: string): string {
  return parent !== undefined && name.startsWith(parent) ? before + name.slice(parent.length) : name;
}
