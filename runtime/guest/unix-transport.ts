import { connect, type Socket } from "node:net";
import type { Connection } from "../../src/model/tier";

/** The way to a sandbox on this machine. */
export function openTransport({ address }: Connection): Socket {
  return connect({ path: address.path });
}
