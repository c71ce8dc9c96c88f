import { readFileSync } from "node:fs";
import { SandstackError } from "../../model/error";

/** The number of a group in the text of an /etc/group; `undefined` where it has no such group. */
export function parseGroupId(text: string, name: string): number | undefined {
  for (const line of text.split("\n")) {
    const [found, , id] = line.split(":");
    if (found === name && id !== undefined && /^\d+$/.test(id)) return Number(id);
  }
  return undefined;
}

/** @throws SandstackError INVALID_OPTION where this machine has no such group */
export function groupId(name: string): number {
  const id = parseGroupId(readFileSync("/etc/group", "utf8"), name);
  if (id !== undefined) return id;
  throw new SandstackError("INVALID_OPTION", `group: ${JSON.stringify(name)} is not a group of this machine.`, {
    hint: `group takes a name from /etc/group; \`sudo groupadd ${name}\` makes one.`,
  });
}
