import type { ChannelOptions, Client } from "@grpc/grpc-js";
import { own } from "./own";
import { isOwn, listenerOf } from "./whose-socket";

const CONNECT_MS = 20_000;
const LONGEST_MS = 0x7fff_ffff;
const LOOPBACK = /^(?:127\.0\.0\.1|localhost):(\d+)$/;

/** Options for a client of connectOnce: it goes straight to the port, and its connection is nobody else's. */
export const ONE_CONNECTION: ChannelOptions = {
  "grpc.enable_http_proxy": 0,
  "grpc.use_local_subchannel_pool": 1,
  "grpc.client_idle_timeout_ms": LONGEST_MS,
};

/**
 * Connects a client to who listens on a port of the loopback, if that is this user or root, and never again: once who told
 * the port is gone, any user of this machine can take it.
 * @throws Error where somebody else listens, or nobody; the client is to be closed then
 */
export async function connectOnce(client: Client, address: string): Promise<void> {
  const port = LOOPBACK.exec(address)?.[1];
  // Whoever listens in silence is not waited for.
  if (port !== undefined) refuse(address, listenerOf(Number(port)) ?? 0);
  await new Promise<void>((resolve, reject) => {
    client.waitForReady(Date.now() + CONNECT_MS, (error) => {
      if (error) return reject(error);
      client.getChannel().watchConnectivityState(own("grpc").connectivityState.READY, Infinity, () => client.close());
      resolve();
    });
  });
  if (port !== undefined) refuse(address, listenerOf(Number(port)));
}

function refuse(address: string, uid: number | undefined): void {
  if (isOwn(uid)) return;
  throw new Error(`${address} is ${uid === undefined ? "nobody's, or several users'" : `user ${uid}'s`}`);
}
