import { connect } from "node:net";
import type { Connection, Transport } from "../../src/model/tier";
import { requireTrustedSocket } from "./trusted-socket";

/**
 * The way to a sandbox: of one of this machine its socket, which may turn out to be gone; else what its tier opens.
 * @throws SandstackError PERMISSION_DENIED for a socket that somebody else made, or could exchange
 */
export async function openTransport({ address }: Connection): Promise<Transport> {
  if (address.kind === "unix") {
    requireTrustedSocket(address.path);
    return connect({ path: address.path });
  }
  const { reach } = await import("../../src/tiers/index.js");
  return reach(address);
}
