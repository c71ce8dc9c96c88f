import type { ImageConfig } from "../model/image";
import type { JsonPlace } from "../model/json-place";
import type { StepName, StepPins } from "../model/lock";
import type { BuildContext, BuildOptions } from "./context";
import type { Layer } from "./store/layer";
import type { Recipe } from "./store/recipe";

/** One layer of an image: what goes into it is fixed first (pins), fetched by hash into the store, then made without a network. */
export interface Step<P extends StepPins = StepPins> {
  name: StepName;
  /** What the declaration says, in words that mean the same on every machine. */
  declared: Recipe;
  /**
   * `outside` where `resolve` asks a registry: its answer is remembered in the store and may stand in a lock file.
   * `here` where it only looks at this machine, and is asked each time.
   */
  pinned: "outside" | "here";
  /** The step on top of these layers, the topmost first: of one whose pins hang on what is below. */
  onto?(layers: readonly Layer[], options: BuildOptions): Promise<Step>;
  /** What of the layers below counts; pins that were found on something else do not hold. */
  on?: Readonly<Record<string, unknown>>;
  /**
   * Pins as a file has them that anybody may have edited. Left out by a step that is pinned `here`.
   * @throws SandstackError CORRUPT naming the place
   */
  parse?(pins: JsonPlace): P;
  /** Looks up what the declaration means today; the only part that asks a registry which version. */
  resolve(context: BuildContext): Promise<P>;
  /** What the layer is made from; with the digests of the layers below, its cache key. */
  recipe(pins: P): Recipe;
  /**
   * Fetches what the store lacks (checked by hash), then makes the layer in `context.work.tree`, offline.
   * @param below roots of the layers below, the topmost first
   */
  make(pins: P, context: BuildContext, below: readonly string[]): void | Promise<void>;
  /** Tools of this machine that have a hand in the bytes. */
  tools?: readonly string[];
  /** What the layer's files want for commands, where their maker has said so. */
  config?(pins: P): ImageConfig;
}
