import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { isSandboxId } from "../../model/id";
import { runDir } from "../../model/state-dir";
import type { OwnedObject } from "../../model/tier";
import { listClaims } from "../ledger/claim";
import { entryPath, listEntries, readEnded } from "../ledger/entry";
import { listLayers } from "../ledger/layer";
import { shelfPath } from "../ledger/shelf";
import { listSnapshots, snapshotPath } from "../ledger/snapshot";
import { listUidClaims } from "../ledger/uid-range";
import { ifThere } from "../system/system-error";
import { marksOf } from "./marks";

/** Sockets of sandboxes. */
export function sockets(): OwnedObject[] {
  return (ifThere(() => readdirSync(runDir())) ?? []).flatMap((name) => {
    const id = basename(name, ".sock");
    const where = join(runDir(), name);
    const changedAt = ifThere(() => statSync(where).mtimeMs);
    if (!isSandboxId(id) || !name.endsWith(".sock") || changedAt === undefined) return [];
    return [{ kind: "socket" as const, where, ...marksOf(id, changedAt) }];
  });
}

/** Names, which are part of a sandbox's record, and ranges of user ids: those of this machine, and an older version's here. */
export function claims(): OwnedObject[] {
  const of = (shelf: "names" | "uids", kind: "record" | "uid range") =>
    listClaims(shelf).map(({ path, id, createdAt }) => ({ kind, where: path, ...marksOf(id, createdAt) }));
  return [...of("names", "record"), ...of("uids", "uid range"), ...uidRanges()];
}

function uidRanges(): OwnedObject[] {
  if (process.geteuid?.() !== 0) return [];
  return listUidClaims().map(({ path, id, createdAt, ledger }) => ({
    kind: "uid range" as const,
    where: path,
    ...marksOf(id, createdAt),
    ledger,
  }));
}

export function layers(): OwnedObject[] {
  return listLayers().map(({ path, sandbox, createdAt }) => ({
    kind: "layer" as const,
    where: path,
    ...marksOf(sandbox, createdAt),
  }));
}

/** A snapshot that is kept has no deadline. */
export function snapshots(): OwnedObject[] {
  return listSnapshots().snapshots.map(({ id, sandbox, createdAt, keep }) => {
    const { owner, deadline } = marksOf(sandbox, createdAt);
    return {
      kind: "snapshot" as const,
      where: snapshotPath(id),
      owner,
      sandbox,
      createdAt,
      deadline: keep ? undefined : (deadline ?? createdAt),
    };
  });
}

/** Records of sandboxes that have not ended; how one ended is no object, but what is left to read of it. */
export function records(): OwnedObject[] {
  return listEntries()
    .filter((id) => !hasEnded(id))
    .map((id) => ({ kind: "record" as const, where: entryPath(id), ...marksOf(id, Date.now()) }));
}

function hasEnded(id: string): boolean {
  try {
    return readEnded(id) !== undefined;
  } catch {
    return false;
  }
}

/** Loop devices on a disk of a sandbox. They go with the keeper's mounts; one that is listed is still mounted somewhere. */
export function loopDevices(): OwnedObject[] {
  const below = shelfPath("layers") + "/";
  return (ifThere(() => readdirSync("/sys/block")) ?? []).flatMap((name) => {
    const backing = ifThere(() => readFileSync(`/sys/block/${name}/loop/backing_file`, "utf8"));
    if (!backing?.startsWith(below)) return [];
    const sandbox = backing.slice(below.length).split(/[./\s]/)[0] as string;
    return [{ kind: "loop device" as const, where: `/dev/${name}`, ...marksOf(sandbox, Date.now()) }];
  });
}
