import { newRunOwner, newSandboxId } from "../src/model/id";
import type { Created, SandboxSpec } from "../src/model/tier";
import { groupId, resolveSnapshot, tierFor } from "../src/tiers";
import { checkName } from "../src/tiers/ledger/name";
import { throwIfAborted, untilAborted } from "./abort";
import { resolveImage, type ImageWork } from "./image";
import type { ParsedOptions } from "./options";

/** Who commands run as where neither options nor image say it. */
const DEFAULT_USER = "agent";

/** Makes a sandbox from checked options, and its image before it. On any failure nothing is left. */
export async function makeSandbox(options: ParsedOptions, work: ImageWork): Promise<Created> {
  const what = "Sandbox.create()";
  throwIfAborted(what, work.signal);
  if (options.name !== undefined) checkName(options.name);
  // Bad options are refused before an image is built.
  if (options.group !== undefined) groupId(options.group);
  const tier = tierFor(options.tier);
  // An engine that does not answer must not hold up who has given up.
  const wanted = <T>(answer: T | Promise<T>) => untilAborted(what, work.signal, Promise.resolve(answer));
  await wanted(tier.requireMachine(options.docker));
  const files = await filesOf(options, work);
  throwIfAborted(what, work.signal);
  const { signal, onProgress } = work;
  const how = { dial: true, exportImage, onProgress, signal };
  await wanted(tier.bringImage?.(files.image, how, options.docker));
  const created = await tier.create(specOf(options, files), how);
  if (work.signal?.aborted) {
    created.socket?.destroy();
    await tier.remove(created.connection.id);
  }
  throwIfAborted(what, work.signal);
  return created;
}

/** What an engine that does not have an image is given. */
async function exportImage(digest: string, path: string): Promise<void> {
  const images = await import("../src/images/index.js");
  await images.exportImage(digest, path);
}

type SpecFiles = Pick<SandboxSpec, "layers" | "sharedLayers" | "image" | "config" | "docker"> & { user?: string };

async function filesOf({ snapshot, image, tier }: ParsedOptions, work: ImageWork): Promise<SpecFiles> {
  if (snapshot !== undefined) return resolveSnapshot(snapshot, tier);
  const { digest, layers, config } = await resolveImage(image, work);
  return { layers, image: digest, config, user: config.user };
}

function specOf(
  { name, ttlMs, limits, network, user, group, docker, endWithProcess }: ParsedOptions,
  { user: imageUser = DEFAULT_USER, ...files }: SpecFiles,
) {
  const createdAt = Date.now();
  return {
    id: newSandboxId(),
    name,
    owner: newRunOwner(),
    createdAt,
    deadline: createdAt + ttlMs,
    ttlMs,
    docker,
    ...files,
    limits,
    network,
    user: user ?? imageUser,
    group,
    creatorPid: endWithProcess ? process.pid : undefined,
  };
}
