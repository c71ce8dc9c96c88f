import { FieldWriter } from "../../model/fields";
import type { GuestLink } from "../../model/guest-link";
import { SnapshotFlag, Tag, Verb } from "../../model/protocol";
import type { SnapshotOptions } from "../../model/tier";

/** Keeps the files of the sandbox at the other end of the link as they are now. */
export async function takeSnapshot(link: GuestLink, { id, description, keep }: SnapshotOptions): Promise<void> {
  const fields = new FieldWriter()
    .text(Tag.ID, id)
    .text(Tag.DESCRIPTION, description)
    .number(Tag.FLAGS, keep ? SnapshotFlag.KEEP : 0);
  await link.request(Verb.SNAPSHOT, fields);
}

/** Brings the files back; every process of the payload is ended. */
export async function rollBack(link: GuestLink, snapshotId: string): Promise<void> {
  await link.request(Verb.ROLLBACK, new FieldWriter().text(Tag.ID, snapshotId));
}
