import type { Engine } from "../../tiers/docker/engine";
import type { Context, Made, Old } from "../kind";
import type { Values } from "../values";
import type { Declaration } from "./declaration";

/** What a create is given besides the inputs. */
export interface Order extends Context {
  /** The inputs of one that an earlier run was cut off in: what it made is there, or is not. */
  interrupted?: Values;
}

/** One type of resource at an engine. Every call can be repeated; errors are the engine's own, or SandstackErrors. */
export interface DockerKind extends Declaration {
  create(engine: Engine, inputs: Values, order: Order): Promise<Made>;
  /** `undefined` where it is gone. */
  read(engine: Engine, old: Old): Promise<Made | undefined>;
  /** @returns its outputs */
  update(engine: Engine, old: Old, news: Values): Promise<Values>;
  /** What is gone is no error. */
  remove(engine: Engine, old: Old, signal: AbortSignal): Promise<void>;
}
