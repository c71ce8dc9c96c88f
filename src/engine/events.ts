import type { DetailedDiff } from "./property/diff";
import type { PropertyMap } from "./property/value";

export type OperationKind = "preview" | "update" | "refresh" | "destroy";

/** What is done with one resource. */
export type StepOp =
  | "same"
  | "create"
  | "update"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "delete"
  | "read"
  | "refresh"
  | "discard";

/** Why a step is taken, for people: one line. */
export type Reason = string;

/** A resource, as much as may be shown: secrets are masked. */
export interface Step {
  op: StepOp;
  urn: string;
  type: string;
  name: string;
  parent?: string;
  custom: boolean;
  id?: string;
  reason?: Reason;
  /** What differs, by property path. */
  diff?: DetailedDiff;
  /** Top properties whose change makes a new resource necessary. */
  replaceKeys?: string[];
  /** What a refresh has found: nothing new, something else, or nothing at all. */
  found?: "same" | "update" | "delete";
  oldInputs?: PropertyMap;
  newInputs?: PropertyMap;
  oldOutputs?: PropertyMap;
  newOutputs?: PropertyMap;
}

/** What the engine tells while it works. JSON as it is; holds no secret. */
export type EngineEvent =
  | { event: "start"; operation: OperationKind; dryRun: boolean; project: string; stack: string; time: string }
  /** A step begins. Steps that change nothing only end. */
  | { event: "step"; step: Step }
  | { event: "step-done"; step: Step; ms: number }
  | { event: "step-failed"; step: Step; message: string }
  /** What is going on in a step that has begun; the next one takes its place. */
  | { event: "progress"; urn: string; message: string }
  /** A message for people. What an operation rejects with was told so before, without its hint. */
  | { event: "diagnostic"; severity: "debug" | "info" | "warning" | "error"; message: string; urn?: string }
  | { event: "outputs"; outputs: PropertyMap }
  | { event: "cancelled"; message: string }
  | { event: "summary"; result: Result; changes: Record<string, number>; ms: number };

export type Result = "succeeded" | "failed" | "cancelled";
