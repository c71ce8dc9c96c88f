import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { SandstackError } from "../../model/error";
import type { Transport } from "../../model/tier";
import { BridgeStream } from "./bridge-stream";
import { GUEST_PROGRAM } from "../../model/docker/hardening";
import type { Engine } from "./engine";
import { fromEngine } from "./engine-error";
import { processRoot } from "./process-root";

/** The guest's own user (guest/src/shared/ids.h): the only one besides root that it listens to. */
const GUEST_UID = "65000";
const SOCKET = "/run/sandstack/s";

/**
 * A way to the guest in a container. Root on the engine's own machine goes straight to its socket; everybody else by
 * `docker exec`, whose process has no capability and the container's filter.
 */
export async function reachGuest(engine: Engine, container: string): Promise<Transport> {
  try {
    return (await directly(engine, container)) ?? (await byBridge(engine, container));
  } catch (error) {
    throw fromEngine(error, engine.host, `the way into ${container}`);
  }
}

/** `undefined` where this is not the engine's machine, or not root. What refuses there now is no case for the longer way. */
async function directly(engine: Engine, container: string): Promise<Socket | undefined> {
  const found = await engine.api.getContainer(container).inspect();
  const root = processRoot(engine, found);
  if (root === undefined) return undefined;
  const socket = connect({ path: `${root}${SOCKET}` });
  try {
    await once(socket, "connect");
  } catch (cause) {
    throw new SandstackError("CONNECTION_REFUSED", `The guest in ${container} does not answer.`, { cause });
  }
  // It may have died, and its number be another's, before the socket was opened.
  if (processRoot(engine, found) !== undefined) return socket;
  socket.destroy();
  throw new SandstackError("CONNECTION_REFUSED", `Container ${container} has just ended.`);
}

async function byBridge(engine: Engine, container: string): Promise<Transport> {
  const exec = await engine.api.getContainer(container).exec({
    Cmd: [GUEST_PROGRAM, "bridge"],
    User: GUEST_UID,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  return new BridgeStream((await exec.start({ hijack: true, stdin: true })) as Socket);
}
