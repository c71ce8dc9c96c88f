import { newRunOwner, newSandboxId } from "../src/model/id";
import type { Connection, SandboxSpec } from "../src/model/tier";
import { throwIfAborted } from "./abort";
import { resolveImage, type ImageWork } from "./image";
import type { ParsedOptions } from "./options";

/** Makes a sandbox from checked options, and its image before it. On any failure nothing is left. */
export async function makeSandbox(options: ParsedOptions, work: ImageWork): Promise<Connection> {
  const what = "Sandbox.create()";
  throwIfAborted(what, work.signal);
  const { tierFor } = await import("../src/tiers/index.js");
  if (options.name !== undefined) (await import("../src/tiers/ledger/name.js")).checkName(options.name);
  const tier = tierFor(options.tier);
  tier.requireMachine();
  const files = await filesOf(options, work);
  throwIfAborted(what, work.signal);
  const connection = await tier.create(specOf(options, files));
  if (work.signal?.aborted) await tier.remove(connection.id);
  throwIfAborted(what, work.signal);
  return connection;
}

type SpecFiles = Pick<SandboxSpec, "layers" | "sharedLayers" | "image">;

async function filesOf({ snapshot, image }: ParsedOptions, work: ImageWork): Promise<SpecFiles> {
  if (snapshot !== undefined) {
    const { resolveSnapshot } = await import("../src/tiers/index.js");
    return resolveSnapshot(snapshot);
  }
  const { digest, layers } = await resolveImage(image, work);
  return { layers, image: digest };
}

function specOf({ name, ttlMs, limits, network, user, group, endWithProcess }: ParsedOptions, files: SpecFiles) {
  const createdAt = Date.now();
  return {
    id: newSandboxId(),
    name,
    owner: newRunOwner(),
    createdAt,
    deadline: createdAt + ttlMs,
    ttlMs,
    ...files,
    limits,
    network,
    user,
    group,
    creatorPid: endWithProcess ? process.pid : undefined,
  };
}
