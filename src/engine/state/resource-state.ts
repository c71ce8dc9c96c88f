import type { PropertyMap } from "../property/value";

/** A resource as the checkpoint keeps it (the CLI's ResourceV3), with secrets in clear while it is in memory. */
export interface ResourceState {
  urn: string;
  custom: boolean;
  /** Replaced already, and to be deleted. */
  delete?: boolean;
  id?: string;
  type: string;
  inputs?: PropertyMap;
  outputs?: PropertyMap;
  parent?: string;
  protect?: boolean;
  /** Read, not made: never deleted. */
  external?: boolean;
  dependencies?: string[];
  initErrors?: string[];
  /** URN and id of its provider. */
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  /** Deleted already, and to be made again. */
  pendingReplacement?: boolean;
  additionalSecretOutputs?: string[];
  aliases?: string[];
  /** Seconds. */
  customTimeouts?: { create?: number; update?: number; delete?: number; read?: number };
  importID?: string;
  retainOnDelete?: boolean;
  deletedWith?: string;
  created?: string;
  modified?: string;
  sourcePosition?: string;
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
}

export type OperationType = "creating" | "updating" | "deleting" | "reading";

/** What was under way when the state was written. */
export interface PendingOperation {
  resource: ResourceState;
  type: OperationType;
}

export interface Manifest {
  time: string;
  magic: string;
  version: string;
}

/** What a stack's state says, in memory. */
export interface Snapshot {
  resources: ResourceState[];
  pending: PendingOperation[];
}

/** URNs that have to stand before a resource in the state: its parent, its provider, and what it depends on. */
export function referencesOf(resource: ResourceState): string[] {
  const provider = resource.provider?.slice(0, resource.provider.lastIndexOf("::"));
  const all = [
    resource.parent,
    provider,
    resource.deletedWith,
    ...(resource.dependencies ?? []),
    ...Object.values(resource.propertyDependencies ?? {}).flat(),
  ];
  return [...new Set(all.filter((urn) => urn !== undefined && urn !== ""))] as string[];
}
