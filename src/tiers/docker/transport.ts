import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import type { Transport } from "../../model/tier";
import { BridgeStream } from "./bridge-stream";
import { GUEST_PROGRAM } from "../../model/docker/hardening";
import type { Engine } from "./engine";
import { fromEngine } from "./engine-error";
import { socketOf } from "./host";

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

/**
 * `undefined` where this is not the engine's machine, or not root: a process of that number may be another machine's,
 * so it has to be in the container's cgroup.
 */
async function directly(engine: Engine, container: string): Promise<Socket | undefined> {
  // The root of an engine with users of its own is another one.
  if (process.getuid?.() !== 0 || engine.remaps || socketOf(engine.host) === undefined) return undefined;
  const { Id, State } = await engine.api.getContainer(container).inspect();
  if (!isOf(State.Pid, Id)) return undefined;
  const socket = connect({ path: `/proc/${State.Pid}/root${SOCKET}` });
  const opened = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  });
  // It may have died, and its number be another's, before the socket was opened.
  if (opened && isOf(State.Pid, Id)) return socket;
  socket.destroy();
  return undefined;
}

function isOf(pid: number, container: string): boolean {
  try {
    return pid > 0 && readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(container);
  } catch {
    return false;
  }
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
