/** A sandbox's container. */
export function containerName(id: string): string {
  return `sandstack-${id}`;
}

/** What it may write is in three volumes: whole directories, each taken up and brought back by a snapshot. */
export const WRITABLE = ["home", "tmp", "vartmp"] as const;
export type Writable = (typeof WRITABLE)[number];

export function volumeName(id: string, of: Writable): string {
  return `sandstack-${id}-${of}`;
}

/** Where a volume is seen inside. */
export function placeOf(volume: Writable, home: string): string {
  return { home, tmp: "/tmp", vartmp: "/var/tmp" }[volume];
}

export function snapshotVolumeName(snapshot: string): string {
  return `sandstack-${snapshot}`;
}

/** The container that keeps the guest's volume for a declared sandbox. */
export function holderName(id: string): string {
  return `sandstack-${id}-guest`;
}

/** The internal network of a host. */
export function networkName(owner: string): string {
  return `sandstack-${owner}`;
}

/** An engine's name of an image of the store. */
export function imageReference(digest: string): string {
  return `sandstack:${digest.slice("sha256:".length, "sha256:".length + 12)}`;
}
