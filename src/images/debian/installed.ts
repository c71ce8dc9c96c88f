import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import type { PinnedDeb } from "./pins";

/** Name and version of every package that is installed, by dpkg's status file. */
export function parseStatus(text: string): Map<string, string> {
  const stanzas = text.split("\n\n").filter((stanza) => /^Status: .* installed$/m.test(stanza));
  const field = (stanza: string, name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(stanza)?.[1] ?? "";
  return new Map(stanzas.map((stanza) => [field(stanza, "Package"), field(stanza, "Version")]));
}

/** Holds a tree to its pins: a lock that named a package which is not in the image would be no lock. */
export function checkInstalled(tree: string, debs: readonly PinnedDeb[]): void {
  const installed = parseStatus(readFileSync(join(tree, "var/lib/dpkg/status"), "utf8"));
  const absent = debs.filter(({ name, version }) => installed.get(name) !== version).map(({ name }) => name);
  if (absent.length === 0) return;
  throw new SandstackError(
    "BUILD_FAILED",
    `packages: ${absent.join(", ")} should have been installed, but nothing took it.`,
    {
      hint: "Name it in `packages`, or leave out what asks for a certain version.",
    },
  );
}
