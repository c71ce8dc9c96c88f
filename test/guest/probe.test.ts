import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";

// The role `probe` in network namespaces of its own, each with just what is to answer. In a container of a real engine:
// test/docker/network.test.ts.

const GUEST = resolve(process.env["SANDSTACK_GUEST_BINARY"] ?? `guest/bin/linux-${process.arch}/sandstack-guest`);

/** A cable to nobody: what has an address at its other end has not been asked for. */
const CABLE = `ip link add near0 type veth peer name far0 && ip link set far0 up && ip link set near0 up && ip address add 10.9.9.2/24 dev near0`;
const LOOPBACK = "ip link set lo up";
const GATEWAY = "10.9.9.1";
const has = (address: string): string => `ip address add ${address} dev lo`;

interface Said {
  code: number | null;
  lines: string[];
  stderr: string;
}

/** Makes a namespace, and runs in it the probe, or what runs the probe. */
function probe(make: readonly string[], env: Record<string, string> = {}, run = `exec ${GUEST} probe`): Said {
  const { status, stdout, stderr } = spawnSync("unshare", ["--net", "sh", "-c", [...make, run].join(" && ")], {
    env: { PATH: `${process.env["PATH"]}:/usr/sbin:/sbin`, ...env },
    encoding: "utf8",
  });
  return { code: status, lines: stdout.split("\n").filter(Boolean), stderr };
}

/** Answers every question over UDP with a header, and runs the probe meanwhile. */
function withResolver(address: string, answer: { rcode: number; records: number; id?: number }): string {
  const program = `
    const socket = require("node:dgram").createSocket("udp4");
    const { rcode, records, id } = ${JSON.stringify(answer)};
    socket.on("message", (question, { port, address }) => {
      const header = Buffer.from([question[0], id ?? question[1], 0x81, rcode, 0, 1, 0, records, 0, 0, 0, 0]);
      socket.send(header, port, address);
    });
    socket.bind(53, "${address}", () => {
      require("node:child_process").spawn("${GUEST}", ["probe"], { stdio: "inherit" }).on("exit", process.exit);
    });
  `;
  return `exec ${process.execPath} -e '${program}'`;
}

/** Runs the probe while somebody listens. */
const withListener = (port: number): string =>
  `exec ${process.execPath} -e '
    require("node:net").createServer().listen(${port}, () => {
      require("node:child_process").spawn("${GUEST}", ["probe"], { stdio: "inherit" }).on("exit", process.exit);
    })'`;

describe("a probe of a network", () => {
  test("ends with 0 where nothing answers, and within seconds", () => {
    const begun = Date.now();
    expect(probe([LOOPBACK, CABLE], { SANDSTACK_GATEWAYS: `${GATEWAY} fd00::1` })).toEqual({
      code: 0,
      lines: [],
      stderr: "",
    });
    expect(Date.now() - begun).toBeGreaterThan(1_000);
    expect(Date.now() - begun).toBeLessThan(3_000);
  });

  test.each([
    ["IPv4", GATEWAY, `${GATEWAY}/32`],
    ["IPv6", "fd00::1", "fd00::1/128"],
  ])("names a gateway that refuses, over %s", (_, gateway, address) => {
    const { code, lines } = probe([LOOPBACK, CABLE, has(address)], { SANDSTACK_GATEWAYS: `10.9.9.3 ${gateway}` });
    expect(code).toBe(3);
    const ports = [22, 53, 80, 443, 2375, 2376, 8080].map((port) => `gateway ${gateway} port ${port} refused`);
    // To a datagram it may be silent: the kernel has a limit for all such messages of a machine.
    expect(lines.filter((line) => !line.includes(" dns ")).sort()).toEqual(ports.sort());
  });

  test("tries the ports that it is told, and says who listens", () => {
    const told = { SANDSTACK_GATEWAYS: GATEWAY, SANDSTACK_PORTS: "4711 4712" };
    const { code, lines } = probe([LOOPBACK, CABLE, has(`${GATEWAY}/32`)], told, withListener(4711));
    expect(code).toBe(3);
    expect(lines).toContain(`gateway ${GATEWAY} port 4711 connected`);
    expect(lines).toContain(`gateway ${GATEWAY} port 4712 refused`);
  });

  test("tries the place of a cloud's metadata", () => {
    const { code, lines } = probe([LOOPBACK, CABLE, has("169.254.169.254/32")], {}, withListener(80));
    expect({ code, lines }).toEqual({ code: 3, lines: ["metadata 169.254.169.254 port 80 connected"] });
  });

  test.each([
    ["a record", { rcode: 0, records: 1 }, true],
    ["that there is no such name", { rcode: 3, records: 0 }, true],
    ["no record", { rcode: 0, records: 0 }, false],
    ["that it failed", { rcode: 2, records: 0 }, false],
    ["that it refuses", { rcode: 5, records: 0 }, false],
    ["something to another question", { rcode: 0, records: 1, id: 99 }, false],
  ])("hears a resolver of this side say %s", (_, answer, counts) => {
    const { code, lines } = probe([LOOPBACK, CABLE], {}, withResolver("127.0.0.11", answer));
    const all = ["sandstack.invalid", "example.com"].map((name) => `resolver 127.0.0.11 dns ${name} answered`);
    expect({ code, lines: lines.sort() }).toEqual({ code: counts ? 3 : 0, lines: counts ? all.sort() : [] });
  });

  test("takes any answer of a gateway's resolver for one", () => {
    const resolver = withResolver(GATEWAY, { rcode: 2, records: 0 });
    const { code, lines } = probe([LOOPBACK, CABLE, has(`${GATEWAY}/32`)], { SANDSTACK_GATEWAYS: GATEWAY }, resolver);
    expect(code).toBe(3);
    expect(lines).toContain(`gateway ${GATEWAY} dns sandstack.invalid answered`);
  });

  test.each([
    ["an address", { SANDSTACK_GATEWAYS: "10.9.9.1 gateway" }, "SANDSTACK_GATEWAYS: gateway is no address\n"],
    ["a port", { SANDSTACK_PORTS: "80 65536" }, "SANDSTACK_PORTS: 65536 is no port\n"],
    ["a port above zero", { SANDSTACK_PORTS: "0" }, "SANDSTACK_PORTS: 0 is no port\n"],
  ])("ends with 2 where it is not told %s", (_, env, stderr) => {
    expect(probe([LOOPBACK, CABLE], env)).toEqual({ code: 2, lines: [], stderr });
  });

  test("ends with 1 where it could not try: without a network, and with too much to try", () => {
    expect(probe([LOOPBACK])).toMatchObject({ code: 1, stderr: "there is no network here to try\n" });
    const many = Array.from({ length: 100 }, (_, i) => `10.9.8.${i + 1}`).join(" ");
    const route = `ip route add 10.9.8.0/24 via ${GATEWAY}`;
    expect(probe([LOOPBACK, CABLE, route], { SANDSTACK_GATEWAYS: many })).toMatchObject({
      code: 1,
      stderr: "more than 512 tries\n",
    });
  });
});
