import { mkdtempSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { INTERNAL_BRIDGE } from "../../src/model/docker/internal-network";
import { onInternalNetwork } from "../../src/tiers/docker/network";
import { probeNetwork } from "../../src/tiers/docker/probe-network";
import { until } from "../support/until";
import { dockerScene } from "./docker-scene";
import { answerer, hear, makeNetwork, member, METADATA, ours, ran, SERVED, withServices } from "./network-scene";

// An internal network of a real engine, and the probe that stands guard over it, beside networks that are open. Not proven:
// engines from 28 on (the machine has an older one); a network of several engines.

const scene = dockerScene();
const OWN = { owner: "own-aaaaaaaaaaaa", id: "sbx-aaaaaaaaaaaa", createdAt: Date.now() };
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync("/var/tmp/sandstack-network-");
  await withServices(scene.engine, folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As a SandboxHost declares it. */
const internal = () => makeNetwork(scene.engine, { Name: "inside", Internal: true, Options: INTERNAL_BRIDGE });
const plainInternal = () => makeNetwork(scene.engine, { Name: "plain", Internal: true });
const open = () => makeNetwork(scene.engine, { Name: "open" });

/** All that a container should not reach. */
const outside = (gateway: string): string[] => [
  `${gateway} ${SERVED}`,
  `${gateway} 22`,
  `${scene.engine.address} ${SERVED}`,
  `${METADATA} 80`,
];

async function probe(network: string, ports?: number[]): Promise<void> {
  await probeNetwork(await ours(scene.engine), network, OWN, ports);
}

describe("on an internal network", () => {
  it("containers reach one another, and nothing else", async () => {
    await using network = await internal();
    await using one = await member(scene.engine, onInternalNetwork(network.name));
    await using other = await member(scene.engine, onInternalNetwork(network.name));
    expect(await one.reach(`${other.address} ${SERVED}`)).toEqual(["connected"]);
    expect(await other.reach(`${one.address} ${SERVED}`, `${one.address} 1`)).toEqual(["connected", "ECONNREFUSED"]);
    const ends = await one.reach(...outside(network.gateway));
    expect(ends.filter((end) => !/^(silent|EHOSTUNREACH|ENETUNREACH)$/.test(end))).toEqual([]);
    expect(ends).toHaveLength(outside("").length);
  });

  it("which an open one does not keep them from, nor one that is internal only by name", async () => {
    await using network = await open();
    await using free = await member(scene.engine, { NetworkMode: network.name });
    const all = ["connected", "ECONNREFUSED", "connected", "connected"];
    expect(await free.reach(...outside(network.gateway))).toEqual(all);
    await using plain = await plainInternal();
    await using half = await member(scene.engine, { NetworkMode: plain.name });
    expect(await half.reach(...outside(plain.gateway))).toEqual(all);
  });

  it("nothing is asked of the machine's resolver, which the engine asks by itself", async () => {
    await using network = await internal();
    const { Dns, ...without } = onInternalNetwork(network.name);
    await using leaky = await member(scene.engine, without);
    expect(await leaky.ask("secret.example.org")).toBe("0 1");
    await using one = await member(scene.engine, { ...without, Dns });
    expect(await one.ask("secret.example.org")).not.toMatch(/^[03] /);
  });

  it("the bridge's own IPv6 address is out of reach, which it is not where a container has IPv6", async () => {
    await using network = await internal();
    const { Sysctls, ...without } = onInternalNetwork(network.name);
    await using one = await member(scene.engine, { ...without, Sysctls });
    await using six = await member(scene.engine, { ...without, Sysctls: { "net.ipv6.conf.all.disable_ipv6": "0" } });
    // It has one when somebody is on it.
    const shown = await ran(scene.engine, ["ip", "-6", "-oneline", "address", "show", "dev", network.bridge]);
    const to = `${/inet6 (fe80:[^/]+)/.exec(shown)?.[1]}%eth0 ${SERVED}`;
    await until("it is reached", 10_000, async () => (await six.reach(to))[0] === "connected");
    expect(await one.reach(to)).toEqual(["EADDRNOTAVAIL"]);
  });

  it("what is sent to all also arrives at the engine's machine, if that does not check the way back", async () => {
    await using network = await internal();
    await using one = await member(scene.engine, onInternalNetwork(network.name));
    const heard = await hear(scene.engine);
    const everybody = ["255.255.255.255", "224.0.0.1"];
    for (const [filter, to] of [
      [2, everybody],
      [1, everybody],
      [0, [network.gateway, ...everybody]],
    ] as const) {
      await ran(scene.engine, ["sysctl", "-w", `net.ipv4.conf.${network.bridge}.rp_filter=${filter}`]);
      for (const address of to) await one.send(address, `${filter} ${address}`);
    }
    await until("the last of them", 5_000, () => heard.length > 1);
    expect(heard).toEqual(["0 255.255.255.255", "0 224.0.0.1"]);
  });
});

describe("the probe", () => {
  it("passes an internal network, and leaves nothing", async () => {
    await using network = await internal();
    const before = await scene.contents();
    await probe(network.name, [SERVED]);
    expect(await scene.contents()).toEqual(before);
  });

  it("refuses one whose bridge has an address, naming it and who listens", async () => {
    await using network = await plainInternal();
    await expect(probe(network.name, [SERVED])).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringMatching(
        new RegExp(
          `^network: "internal" is refused: from it gateway ${network.gateway} \\(.*port 22 refused.*port ${SERVED} connected.*answers?\\.$`,
        ),
      ) as string,
    });
  });

  it("refuses an open one, naming the gateway and a cloud's metadata", async () => {
    await using network = await open();
    await expect(probe(network.name)).rejects.toMatchObject({ code: "UNSUPPORTED" });
    await expect(probe(network.name)).rejects.toThrow(`gateway ${network.gateway} (`);
    await expect(probe(network.name)).rejects.toThrow(`metadata ${METADATA} (port 80 connected)`);
  });

  it("refuses a network on which the engine's resolver knows what it is asked", async () => {
    await using network = await internal();
    const { api } = await ours(scene.engine);
    await using named = await member(scene.engine, { NetworkMode: "none" });
    await api.getNetwork("none").disconnect({ Container: named.id });
    await api.getNetwork(network.name).connect({
      Container: named.id,
      EndpointConfig: { Aliases: ["sandstack.invalid"] },
    });
    await expect(probe(network.name)).rejects.toThrow("resolver 127.0.0.11 (dns sandstack.invalid answered) answers.");
  });

  it("refuses one from which what is sent to all is answered from outside, and minds no answer of a neighbour", async () => {
    await using network = await internal();
    await using neighbour = await answerer(scene.engine, onInternalNetwork(network.name));
    expect(neighbour.address).not.toBe("");
    const filter = (value: number) =>
      ran(scene.engine, ["sysctl", "-w", `net.ipv4.conf.${network.bridge}.rp_filter=${value}`]);
    await filter(0);
    // Where what passes a bridge is looked at, rules of the engine keep it from the neighbour.
    const look = "/proc/sys/net/bridge/bridge-nf-call-iptables";
    await ran(scene.engine, ["sh", "-c", `[ ! -e ${look} ] || echo 0 > ${look}`]);
    await probe(network.name);
    await using machine = await answerer(scene.engine, { NetworkMode: "host" });
    expect(machine.address).toBe("");
    await expect(probe(network.name)).rejects.toThrow("everybody 255.255.255.255 (dns sandstack.invalid answered)");
    await filter(2);
    await probe(network.name);
  });

  it("fails where it can't try: without the network, and with a port that is none", async () => {
    await expect(probe("nowhere")).rejects.toMatchObject({ code: "ENGINE_FAILED" });
    await using network = await internal();
    await expect(probe(network.name, [70_000])).rejects.toMatchObject({
      code: "ENGINE_FAILED",
      message: expect.stringContaining("exit code 2: SANDSTACK_PORTS: 70000 is no port") as string,
    });
  });
});
