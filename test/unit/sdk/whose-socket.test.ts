import { endianness } from "node:os";
import { describe, expect, it } from "vitest";
import { readSockets, TABLES, writtenAs } from "../../../src/sdk/socket-table";
import { listenerOf, peerOf } from "../../../src/sdk/whose-socket";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const [HERE, HERE6] = writtenAs("127.0.0.1", 5000);
const [THERE, THERE6] = writtenAs("127.0.0.1", 40_000);
const me = process.geteuid?.() ?? 0;
const OTHER = 65_534;

const row = (local = "", remote = "", state = "01", uid = me, inode = 7) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 0000000000000000 20 4 30 10 -1\n`;
const OUR_END = row(HERE, THERE, "01", me, 5);

/** A look at tables of each family that were made up; at the second look the second ones are there. */
function lookAt(...sights: { tcp?: string[]; tcp6?: string[] }[]) {
  let at = -1;
  return (port: number, tables: readonly string[] = TABLES) => {
    if (tables.includes(TABLES[0])) at = Math.min(at + 1, sights.length - 1);
    const { tcp = [], tcp6 = [] } = sights[at] ?? {};
    return readSockets(port, tables, (table) => HEAD + (table === TABLES[0] ? tcp : tcp6).join(""));
  };
}

const ENDS = { localAddress: "127.0.0.1", localPort: 5000, remoteAddress: "127.0.0.1", remotePort: 40_000 };

it("an address is written as this machine writes numbers, in both families", () => {
  const little = ["0200000A:0050", "0000000000000000FFFF00000200000A:0050"];
  const big = ["0A000002:0050", "00000000000000000000FFFF0A000002:0050"];
  expect(writtenAs("10.0.0.2", 80)).toEqual(endianness() === "LE" ? little : big);
});

describe("who is at the other end", () => {
  it.each([
    ["the user that its socket has", [{ tcp: [OUR_END, row(THERE, HERE)] }], me],
    ["another one", [{ tcp: [OUR_END, row(THERE, HERE, "01", OTHER)] }], OTHER],
    ["who calls by IPv6", [{ tcp: [OUR_END], tcp6: [row(THERE6, HERE6, "01", OTHER)] }], OTHER],
    ["nobody that is known: no row", [{ tcp: [OUR_END] }], undefined],
    ["nobody that is known: no table", [{}], undefined],
    [
      "nobody that is known: the caller has closed",
      [{ tcp: [row(HERE, THERE, "08"), row(THERE, HERE, "05", 0, 0)] }],
      undefined,
    ],
    [
      "nobody that is known: its socket is held by no process",
      [{ tcp: [OUR_END, row(THERE, HERE, "01", 0, 0)] }],
      undefined,
    ],
    [
      "nobody that is known: the caller was reset, and its port is another's",
      [{ tcp: [row(HERE, THERE, "01", 0, 0), row(THERE, HERE)] }],
      undefined,
    ],
    [
      "nobody that is known: it was closed while it was listed",
      [{ tcp: [OUR_END, row(THERE, HERE, "01", 0)] }, { tcp: [OUR_END, row(THERE, HERE, "05", 0, 0)] }],
      undefined,
    ],
    ["found at the second look, and seen again at the third", [{ tcp: [] }, { tcp: [OUR_END, row(THERE, HERE)] }], me],
  ])("is %s", (_what, sights, uid) => {
    expect(peerOf(ENDS, lookAt(...(sights as { tcp?: string[] }[])))).toBe(uid);
  });
});

describe("who listens where a connection to the loopback goes", () => {
  const [any, any6] = [writtenAs("0.0.0.0", 5000)[0], `${"0".repeat(32)}:1388`];
  const [elsewhere] = writtenAs("10.0.0.2", 5000);
  const listens = (at: string | undefined, uid: number) => row(at, "00000000:0000", "0A", uid);
  it.each([
    ["who has the address", { tcp: [listens(HERE, me)] }, me],
    ["who has every address", { tcp: [listens(any, OTHER)] }, OTHER],
    ["who has every address, of IPv6 too", { tcp6: [listens(any6, OTHER)] }, OTHER],
    ["who has the address, and not who has every one", { tcp: [listens(HERE, me)], tcp6: [listens(any6, OTHER)] }, me],
    ["not who has another address", { tcp: [listens(elsewhere, OTHER)] }, undefined],
    ["nobody where two have every address", { tcp: [listens(any, me)], tcp6: [listens(any6, me + 1)] }, undefined],
    ["nobody where there is only a connection", { tcp: [OUR_END] }, undefined],
  ])("is %s", (_what, sight, uid) => {
    expect(listenerOf(5000, lookAt(sight))).toBe(uid);
  });
});
