import { invalidOption, SandstackError } from "../../model/error";
import { isSandboxId } from "../../model/id";
import { claim, claimant } from "./claim";
import { readIntent } from "./entry";
import { shelfPath } from "./shelf";

/** @throws SandstackError INVALID_OPTION for what can't be told from an id or a path */
export function checkName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name) && !isSandboxId(name)) return;
  throw invalidOption("name", name, "up to 63 letters, digits, dots, dashes and underscores, a letter or digit first");
}

/**
 * Takes a name for a sandbox, and gives the link that holds it.
 * @throws SandstackError NAME_TAKEN naming the sandbox that has it, and its owner
 */
export function claimName(name: string, id: string): string {
  const link = shelfPath("names", name);
  if (claim(link, id)) return link;
  const holder = claimant(link);
  const owner = holder && ownerOf(holder);
  throw new SandstackError(
    "NAME_TAKEN",
    `name: ${JSON.stringify(name)} is taken by sandbox ${holder ?? "(just gone)"}${owner ? ` of owner ${owner}` : ""}.`,
    { hint: `Take another name, or end that sandbox: \`sandstack kill ${name}\`.` },
  );
}

/** The living sandbox with this name. */
export function resolveName(name: string): string | undefined {
  return /^[^/]+$/.test(name) && name !== "." && name !== ".." ? claimant(shelfPath("names", name)) : undefined;
}

function ownerOf(id: string): string | undefined {
  try {
    return readIntent(id)?.spec.owner;
  } catch {
    return undefined;
  }
}
