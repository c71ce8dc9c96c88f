import type { Change } from "./changes";
import type { Checker } from "./checker";
import type { Values } from "./values";

/** What a resource's calls are given besides its properties. */
export interface Context {
  urn: string;
  /** Says for the engine's user what goes on; the next one takes its place. */
  progress: (message: string) => void;
  /** Tells the engine's user something that stays. */
  remark: (message: string) => void;
  /** Aborted when the engine gives up. */
  signal: AbortSignal;
}

/** A resource as the state has it. */
export interface Old {
  id: string;
  inputs: Values;
  outputs: Values;
}

export interface Difference {
  changes: Change[];
  /** Why something is done, or is not, that the inputs don't show. */
  reason?: string;
  /** Where it is replaced, the old one goes first. */
  deletesFirst?: boolean;
}

export interface Made {
  id: string;
  outputs: Values;
}

/** One type of resource. Every call observes first and can be repeated; errors are SandstackErrors. */
export interface Kind {
  /** Names of its outputs: at preview of a create none is known. */
  outputs: readonly string[];
  /** Inputs that are secrets even where the program does not say so. */
  secretInputs?: readonly string[];
  /**
   * Looks at inputs, and parses them into a form in which equal means equal. Changes nothing of the machine.
   * @param secrets names of inputs that hold a secret
   */
  check(checker: Checker, secrets: ReadonlySet<string>): Promise<void>;
  /** A pure function. */
  diff(old: Old, news: Values, now: number): Difference;
  create(context: Context, inputs: Values): Promise<Made>;
  /** What is true of it now. A resource never says that it is gone: one of its outputs does. */
  read(old: Old): Promise<Values>;
  /** `undefined` for what nothing can be updated of. */
  update?(context: Context, old: Old, news: Values): Promise<Values>;
  /** Its outputs after an update that is not made; by default those of before. */
  foresee?(old: Old, news: Values): Values;
  /** What is gone is no error. */
  remove(old: Old): Promise<void>;
}
