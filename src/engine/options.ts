import type { EngineEvent } from "./events";
import type { PropertyMap } from "./property/value";
import type { ProviderFactory } from "./provider/registry";
import type { Project } from "./project/project-file";

export interface EngineOptions {
  /** What `readProject` gives for a `Pulumi.yaml`, or the same by hand. */
  project: Project;
  /** The stack's name. */
  stack: string;
  /** What the stack's secrets are encrypted with. `undefined` is none, which is an error; empty is one. */
  passphrase: string | undefined;
  /** Providers of this process, by package. Creating or deleting the same thing twice must be safe with them. */
  providers?: Record<string, ProviderFactory>;
  /** Providers of this process for packages whose plugin is not installed. What holds for `providers` holds for them. */
  standIns?: Record<string, ProviderFactory>;
  /** The program as a function, in the place of the project's `main`. What it returns are the stack's outputs. */
  program?: () => unknown;
  /** Told what happens, while it happens. */
  events?: (event: EngineEvent) => void;
  /** How many resources are worked on at once. Default 16. */
  parallel?: number;
  /** Aborting it ends what is under way as soon as providers let go, saves the state, and begins nothing new. */
  signal?: AbortSignal;
  /** What the history says of the update. */
  message?: string;
}

/** How an operation went that has succeeded. */
export interface OperationResult {
  /** The stack's outputs, secrets in clear. In a preview, what is not known yet is `[unknown]`. */
  outputs: PropertyMap;
  /** Names of outputs that are secret. */
  secretOutputs: string[];
  /** How many resources each kind of step was taken for. */
  changes: Record<string, number>;
}
