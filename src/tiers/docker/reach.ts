import type { DockerAddress, Transport } from "../../model/tier";
import { engineAt, type Engine } from "./engine";
import { fromEngine, ifKnown } from "./engine-error";
import { removeParts } from "./parts";
import { reachGuest } from "./transport";

/** A way to the guest in a container. @throws SandstackError NO_ENGINE, ENGINE_FAILED where it does not run */
export async function reach({ host, container }: DockerAddress): Promise<Transport> {
  return reachGuest(await engineAt(host), container);
}

/** What has become of a container. @throws SandstackError NO_ENGINE */
export function containerState({ host, container }: DockerAddress): Promise<"running" | "stopped" | "gone"> {
  return asked(host, `looking at ${container}`, async ({ api }) => {
    const found = await ifKnown(() => api.getContainer(container).inspect());
    if (found === undefined) return "gone";
    return found.State.Running ? "running" : "stopped";
  });
}

/** Removes all of a sandbox that this machine's ledger does not know. @throws SandstackError NO_ENGINE */
export function removeContainer({ host }: DockerAddress, id: string): Promise<void> {
  return asked(host, `removing ${id}`, (engine) => removeParts(engine, id));
}

async function asked<T>(host: string, doing: string, ask: (engine: Engine) => Promise<T>): Promise<T> {
  try {
    return await ask(await engineAt(host));
  } catch (error) {
    throw fromEngine(error, host, doing);
  }
}
