import { containerName } from "../../model/docker/names";
import { hasContainer, readEnded, readIntent, writeContainer } from "../ledger/entry";
import { isDeclared, type DockerIntent } from "../ledger/intent";
import { firstConnection } from "./create";
import { engineAt } from "./engine";
import { fromEngine } from "./engine-error";
import { observe } from "./observe";

/** How far a declared sandbox has come whose container is there. */
export type Adoption = "new" | "adopted" | "ended" | "unknown";

/**
 * Looks at the container that a stack has made for a sandbox which was prepared, and waits for its guest.
 * @returns "unknown" where the ledger knows nothing of it any more
 * @throws SandstackError START_FAILED, NO_ENGINE
 */
export async function findAdopted(id: string): Promise<Adoption> {
  const intent = declaredIntent(id);
  if (intent === undefined) return "unknown";
  if (hasContainer(id)) {
    await observe(intent);
    return readEnded(id) === undefined ? "adopted" : "ended";
  }
  const { host, container } = intent.claims;
  try {
    (await firstConnection(await engineAt(host), container)).destroy();
  } catch (error) {
    throw fromEngine(error, host, `waiting for ${container}`);
  }
  return "new";
}

/** From now on it is a sandbox: whoever asks looks at its container. */
export function adopt(id: string): void {
  writeContainer(id, containerName(id));
}

function declaredIntent(id: string): DockerIntent | undefined {
  const intent = readIntent(id);
  return isDeclared(intent) ? (intent as DockerIntent) : undefined;
}
