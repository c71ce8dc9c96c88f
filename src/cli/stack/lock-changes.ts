import type { ImageLock } from "../../model/lock";

/** What a lock pins, by name: packages, wheels, tarballs. */
function pinned({ layers }: ImageLock): Map<string, string> {
  const found = new Map<string, string>();
  for (const { step, pins = {} } of layers) {
    for (const item of Object.values(pins).flat() as { name?: unknown; version?: unknown }[]) {
      if (typeof item?.name !== "string" || typeof item.version !== "string") continue;
      found.set(`${step}/${item.name}`, item.version);
    }
  }
  return found;
}

export interface PinChange {
  name: string;
  from?: string;
  to?: string;
}

/** What is pinned otherwise than before. */
export function pinChanges(before: ImageLock | undefined, now: ImageLock): PinChange[] {
  const [old, fresh] = [before ? pinned(before) : new Map<string, string>(), pinned(now)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter((key) => old.get(key) !== fresh.get(key))
    .sort()
    .map((key) => ({ name: key.slice(key.indexOf("/") + 1), from: old.get(key), to: fresh.get(key) }));
}

/** One line for people. */
export function describeLock(before: ImageLock | undefined, now: ImageLock): string {
  const changes = pinChanges(before, now);
  if (!before) return `new, ${changes.length} packages pinned`;
  if (changes.length > 0) return changes.map(describe).join(", ");
  return before.digest === now.digest ? "as it was" : "the same packages, other files";
}

function describe({ name, from, to }: PinChange): string {
  if (from === undefined) return `${name} ${to} added`;
  return to === undefined ? `${name} ${from} removed` : `${name} ${from} → ${to}`;
}
