import { SPARE_PROCESSES } from "../../model/docker/hardening";
import type { MovableLimits } from "../../model/tier";
import type { DockerIntent } from "../ledger/intent";
import { engineAt } from "./engine";
import { fromEngine } from "./engine-error";

/**
 * Moves the bound of a container that its declaration has no word for; the others its stack moves.
 * @throws SandstackError NO_ENGINE
 */
export async function changeContainer({ claims }: DockerIntent, { processes }: MovableLimits): Promise<void> {
  const { host, container } = claims;
  try {
    const { api } = await engineAt(host);
    await api.getContainer(container).update({ PidsLimit: processes === undefined ? -1 : processes + SPARE_PROCESSES });
  } catch (error) {
    throw fromEngine(error, host, `bounding ${container}`);
  }
}
