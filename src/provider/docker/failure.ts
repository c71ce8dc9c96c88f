import { SandstackError } from "../../model/error";
import { fromEngine, statusOf } from "../../tiers/docker/engine-error";

const RANGE_TAKEN = /pool overlaps|non-overlapping|address pools|already allocated|in use by/i;
const NAME_TAKEN = /already in use|already exists/i;

/** What a resource goes by in an engine. */
export interface Called {
  name?: unknown;
  image?: unknown;
}

/** An engine's refusal, or no answer of it, in the user's terms. */
export function explain(error: unknown, host: string, doing: string, { name, image }: Called = {}): SandstackError {
  if (error instanceof SandstackError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const status = statusOf(error);
  if (status === 404 && /no such image/i.test(message)) return noSuchImage("image", image ?? name, host, error);
  if (status !== undefined && doing.includes("network") && RANGE_TAKEN.test(message)) {
    return new SandstackError("EXISTS", `ipamConfigs: the engine at ${host} has that range in use: ${message}.`, {
      cause: error,
      hint: "Give another subnet, or none: the engine then picks a free one. `docker network ls` shows what there is.",
    });
  }
  if (status === 409 && NAME_TAKEN.test(message)) return nameTaken(name, host, error);
  return fromEngine(error, host, doing);
}

export function nameTaken(name: unknown, host: string, cause?: unknown): SandstackError {
  return new SandstackError(
    "NAME_TAKEN",
    `name: ${JSON.stringify(name)} is taken in the engine at ${host}, by what this stack did not make.`,
    {
      cause,
      hint: "Give another name, or none; or remove what has it.",
    },
  );
}

/** @param option which names it */
export function noSuchImage(option: string, image: unknown, host: string, cause?: unknown): SandstackError {
  const said = cause instanceof Error ? `: ${cause.message}` : "";
  return new SandstackError(
    "NO_SUCH_IMAGE",
    `${option}: ${JSON.stringify(image)} is not in the engine at ${host}, and cannot be pulled${said}.`,
    {
      cause,
      hint: "`docker images` shows what there is; a name to be pulled has its registry and tag.",
    },
  );
}
