/** A sandbox's files as they were at one moment. */
export interface Snapshot {
  /** `snap-…`, what Sandbox.create({ snapshot }) and rollback take. */
  id: string;
  /** The sandbox that it was taken of. */
  sandboxId: string;
  createdAt: Date;
  description: string;
  /** It outlives its sandbox. */
  keep: boolean;
}

export interface SnapshotOptions {
  /** For people. */
  description?: string;
  /** Outlives its sandbox, until `sandstack snapshot rm`. Default false. */
  keep?: boolean;
}
