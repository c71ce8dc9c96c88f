import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { SandstackError } from "../../model/error";
import { isSnapshotId } from "../../model/id";
import type { SandboxSpec, TierName } from "../../model/tier";
import { ifThere } from "../system/system-error";
import { readIntent } from "./entry";
import { dropRef, refPath } from "./layer";
import { shelfPath } from "./shelf";

/** A snapshot as its sandbox's keeper wrote it down. */
export interface SnapshotRecord {
  id: string;
  /** The sandbox that it was taken of. */
  sandbox: string;
  /** ms since 1970. */
  createdAt: number;
  description: string;
  /** Outlives its sandbox. */
  keep: boolean;
  /** Read-only directories, top first. */
  layers: readonly string[];
  /** The layers among them that it holds a reference on. */
  shared: readonly string[];
  /** Where its files are in a volume of an engine, and whose there the payload's are. */
  docker?: DockerFiles;
}

export interface DockerFiles {
  host: string;
  volume: string;
  uid: number;
}

/** What a sandbox needs to begin from a snapshot: parts of its spec. */
export interface SnapshotSource {
  layers: readonly string[];
  sharedLayers: readonly string[];
  /** The digest of the image under it. */
  image: string;
  config: SandboxSpec["config"];
  docker?: SandboxSpec["docker"];
}

export function snapshotPath(id: string): string {
  return shelfPath("snapshots", `${id}.json`);
}

/**
 * `undefined` where there is no such snapshot.
 * @throws SandstackError CORRUPT naming the file
 */
export function readSnapshot(id: string): SnapshotRecord | undefined {
  const path = snapshotPath(id);
  const text = isSnapshotId(id) ? ifThere(() => readFileSync(path, "utf8")) : undefined;
  return text === undefined ? undefined : parseSnapshot(text, path);
}

/** @throws SandstackError CORRUPT naming the file */
export function parseSnapshot(text: string, file: string): SnapshotRecord {
  let value: Partial<SnapshotRecord> | null;
  try {
    value = JSON.parse(text) as Partial<SnapshotRecord> | null;
  } catch (cause) {
    throw new SandstackError("CORRUPT", `${file}: not JSON.`, { cause });
  }
  const whole =
    typeof value?.id === "string" &&
    typeof value.sandbox === "string" &&
    Array.isArray(value.layers) &&
    Array.isArray(value.shared);
  if (!whole) throw new SandstackError("CORRUPT", `${file}: something of a snapshot's record is missing.`);
  return value as SnapshotRecord;
}

/** @throws SandstackError NO_SUCH_SNAPSHOT, or CORRUPT */
export function getSnapshot(id: string): SnapshotRecord {
  const record = readSnapshot(id);
  if (record) return record;
  throw new SandstackError("NO_SUCH_SNAPSHOT", `There is no snapshot ${JSON.stringify(id)} on this machine.`, {
    hint: "`sandstack snapshot ls` lists those that there are. One ends with its sandbox, unless it was made with --keep ({ keep: true }).",
  });
}

export interface SnapshotListing {
  snapshots: SnapshotRecord[];
  /** Records that can't be read, one CORRUPT each. */
  unreadable: SandstackError[];
}

/** Every snapshot of this machine, or of one sandbox, oldest first. */
export function listSnapshots(sandbox?: string): SnapshotListing {
  const listing: SnapshotListing = { snapshots: [], unreadable: [] };
  for (const file of ifThere(() => readdirSync(shelfPath("snapshots"))) ?? []) {
    try {
      const record = readSnapshot(file.replace(/\.json$/, ""));
      if (record && (sandbox === undefined || record.sandbox === sandbox)) listing.snapshots.push(record);
    } catch (error) {
      listing.unreadable.push(SandstackError.from(error));
    }
  }
  listing.snapshots.sort((a, b) => a.createdAt - b.createdAt);
  return listing;
}

/**
 * What a sandbox begins from. Its create takes references of its own on the layers.
 * @throws SandstackError NO_SUCH_SNAPSHOT, CORRUPT, or UNSUPPORTED where it can't become a sandbox of the tier
 */
export function resolveSnapshot(id: string, tier: TierName): SnapshotSource {
  const { layers, shared, sandbox, docker } = getSnapshot(id);
  if ((docker !== undefined) !== (tier === "docker")) {
    throw new SandstackError("UNSUPPORTED", `snapshot: ${id} is ${docker ? "" : "not "}of tier docker.`, {
      hint: "A snapshot begins sandboxes of tier docker, or of chroot and nspawn, as the sandbox that it was taken of.",
    });
  }
  // gc leaves a sandbox's record while a snapshot of it is kept.
  const { image = "", config, layers: imageLayers = [] } = readIntent(sandbox)?.spec ?? {};
  if (docker === undefined) return { layers, sharedLayers: shared, image, config };
  const { host, volume, uid } = docker;
  return { layers: imageLayers, sharedLayers: [], image, config, docker: { host, snapshot: { volume, uid } } };
}

/**
 * Gives a snapshot another description. Of its files nothing changes.
 * @throws SandstackError NO_SUCH_SNAPSHOT, or CORRUPT
 */
export function describeSnapshot(id: string, description: string): void {
  const path = snapshotPath(id);
  writeFileSync(`${path}.new`, JSON.stringify({ ...getSnapshot(id), description }));
  renameSync(`${path}.new`, path);
}

/** Writes down a snapshot that no keeper has taken. */
export function writeSnapshot(record: SnapshotRecord): void {
  const path = snapshotPath(record.id);
  writeFileSync(`${path}.new`, JSON.stringify(record));
  renameSync(`${path}.new`, path);
}

/** Removes a snapshot's record, and of its layers what no other snapshot and no sandbox uses. Of one that is gone there is nothing to do. */
export function dropSnapshot(id: string): void {
  const record = readSnapshot(id);
  if (record === undefined) return;
  // The record goes last: cut off before, the same again removes the rest.
  for (const layer of record.shared) dropRef(refPath(layer, id));
  rmSync(snapshotPath(id), { force: true });
}
