import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { SandstackError } from "../../model/error";
import { isSnapshotId } from "../../model/id";
import type { SandboxSpec } from "../../model/tier";
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
}

/** What a sandbox needs to begin from a snapshot: parts of its spec. */
export interface SnapshotSource {
  layers: readonly string[];
  sharedLayers: readonly string[];
  /** The digest of the image under it. */
  image: string;
  config: SandboxSpec["config"];
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
    hint: "A snapshot ends with its sandbox, unless it was made with { keep: true }.",
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
 * @throws SandstackError NO_SUCH_SNAPSHOT, or CORRUPT
 */
export function resolveSnapshot(id: string): SnapshotSource {
  const { layers, shared, sandbox } = getSnapshot(id);
  // gc leaves a sandbox's record while a snapshot of it is kept.
  const { image = "", config } = readIntent(sandbox)?.spec ?? {};
  return { layers, sharedLayers: shared, image, config };
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

/** Removes a snapshot, and of its files what no other snapshot and no sandbox uses. Of one that is gone there is nothing to do. */
export function removeSnapshot(id: string): void {
  const record = readSnapshot(id);
  if (record === undefined) return;
  // The record goes last: cut off before, the same again removes the rest.
  for (const layer of record.shared) dropRef(refPath(layer, id));
  rmSync(snapshotPath(id), { force: true });
}
