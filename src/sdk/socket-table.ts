import { readFileSync } from "node:fs";
import { endianness } from "node:os";

/** A TCP socket of this network namespace. */
export interface SocketRow {
  /** Address and port, as the kernel writes them. */
  local: string;
  remote: string;
  state: string;
  /** Whose it is, as this user namespace numbers users. */
  uid: number;
  /** 0 for a socket that no process holds: its uid says nothing then. */
  inode: number;
}

/** Sockets of each address family; each takes the kernel milliseconds to write. */
export const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"] as const;
export const ESTABLISHED = "01";
export const LISTEN = "0A";

/** Every TCP socket of this network namespace that has this port at one of its ends. */
export function readSockets(port: number, tables: readonly string[] = TABLES, read = readTable): SocketRow[] {
  const wanted = portText(port);
  return tables
    .flatMap((table) => read(table).split("\n"))
    .filter((line) => line.includes(`${wanted} `))
    .map((line) => {
      const [, local = "", remote = "", state = "", , , , uid, , inode] = line.trim().split(/\s+/);
      return { local, remote, state, uid: Number(uid), inode: Number(inode) };
    });
}

/** How the tables may write an IPv4 address with a port: a socket of either family can have it. */
export function writtenAs(address: string, port: number): string[] {
  const bytes = Buffer.from(address.split(".").map(Number));
  // Each group of four bytes is a number of this machine.
  const little = endianness() === "LE";
  const group = (little ? bytes.reverse() : bytes).toString("hex").toUpperCase();
  const mapped = `${"0".repeat(16)}${little ? "FFFF0000" : "0000FFFF"}${group}`;
  return [group, mapped].map((text) => text + portText(port));
}

/** Writes a port as the tables have it behind an address. */
export function portText(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A kernel without IPv6 has no table of it. A table that can't be read shows nobody. */
function readTable(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
