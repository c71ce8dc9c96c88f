import type { Socket } from "node:net";
import { ESTABLISHED, LISTEN, portText, readSockets, TABLES, writtenAs, type SocketRow } from "./socket-table";

const LOOPBACK = "127.0.0.1";
/** The address of a listener on every address of IPv6; it may take IPv4 too. */
const ANY6 = "0".repeat(32);
/** The kernel's list is not read in one piece: a row can be missed while others come and go. */
const LOOKS = 3;

type Ends = Pick<Socket, "localAddress" | "localPort" | "remoteAddress" | "remotePort">;

/** The user itself, and root. */
export function isOwn(uid: number | undefined): boolean {
  return uid === 0 || (uid !== undefined && uid === process.geteuid?.());
}

/**
 * Finds who is at the other end of a connection of this machine that was just accepted; `undefined` where that is not
 * certain. It has to be asked before the next connection is accepted: an end without an inode is then nobody's, or
 * another's.
 */
export function peerOf(connection: Ends, look = readSockets): number | undefined {
  const { remoteAddress = "", remotePort = 0, localAddress = "", localPort = 0 } = connection;
  const [here, there] = [writtenAs(localAddress, localPort), writtenAs(remoteAddress, remotePort)];
  const [tcp, tcp6] = TABLES;
  let before: SocketRow | undefined;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const rows = look(localPort, [tcp]);
    const find = (among: SocketRow[], local: string[], remote: string[]) =>
      among.find((row) => local.includes(row.local) && remote.includes(row.remote));
    const ours = find(rows, here, there);
    if (ours === undefined) continue;
    // A caller that has gone leaves its port to others: only while our end is up the other one is the caller's.
    if (!isUp(ours)) return undefined;
    const peer = find(rows, there, here) ?? find(look(localPort, [tcp6]), there, here);
    if (peer === undefined || !isUp(peer)) continue;
    // A socket that is closed while it is listed shows root as its owner: one that is there still did not.
    if (!isOwn(peer.uid) || (before?.inode === peer.inode && before.uid === peer.uid)) return peer.uid;
    before = peer;
  }
  return undefined;
}

function isUp({ state, inode }: SocketRow): boolean {
  return state === ESTABLISHED && inode !== 0;
}

/** Finds who listens where a connection to a loopback port would go; `undefined` where nobody does, or several do. */
export function listenerOf(port: number, look = readSockets): number | undefined {
  const rows = look(port).filter(({ state, inode }) => state === LISTEN && inode !== 0);
  const at = (places: string[]) => rows.filter(({ local }) => places.includes(local)).map(({ uid }) => uid);
  // The one that names the address gets it.
  const exact = at(writtenAs(LOOPBACK, port));
  const uids = new Set(exact.length > 0 ? exact : at([...writtenAs("0.0.0.0", port), `${ANY6}${portText(port)}`]));
  return uids.size === 1 ? [...uids][0] : undefined;
}
