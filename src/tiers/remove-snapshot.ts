import { dropSnapshot, readSnapshot } from "./ledger/snapshot";

/** Removes a snapshot with its files, as far as nothing else uses them. Of one that is gone there is nothing to do. */
export async function removeSnapshot(id: string): Promise<void> {
  const record = readSnapshot(id);
  // The record goes last: cut off before, the same again removes the rest.
  if (record?.docker !== undefined) {
    const { removeSnapshotVolume } = await import("./docker/snapshot.js");
    await removeSnapshotVolume(record.docker);
  }
  dropSnapshot(id);
}
