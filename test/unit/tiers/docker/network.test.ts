import { describe, expect, it } from "vitest";
import { gatewaysOf, onInternalNetwork } from "../../../../src/tiers/docker/network";
import { answering } from "../../../../src/tiers/docker/probe-network";

const BRIDGE = "com.docker.network.bridge";
const ISOLATED = {
  [`${BRIDGE}.gateway_mode_ipv4`]: "isolated",
  [`${BRIDGE}.gateway_mode_ipv6`]: "isolated",
};

describe("an internal network", () => {
  it("needs of a container that it has no other one, no resolver, no IPv6", () => {
    expect(onInternalNetwork("n")).toEqual({
      NetworkMode: "n",
      Dns: ["127.0.0.1"],
      Sysctls: { "net.ipv6.conf.all.disable_ipv6": "1" },
    });
  });
});

describe("a network's gateways", () => {
  it.each([
    ["as the engine says", [{ Subnet: "172.18.0.0/16", Gateway: "172.18.0.1" }], {}, ["172.18.0.1"]],
    ["as an older one says", [{ Subnet: "172.18.0.0/16", Gateway: "172.18.0.1/16" }], {}, ["172.18.0.1"]],
    ["the first address, where it does not", [{ Subnet: "10.1.2.128/25" }], {}, ["10.1.2.129"]],
    ["of a subnet that is given by another address", [{ Subnet: "10.1.255.7/15" }], {}, ["10.0.0.1"]],
    ["of high addresses", [{ Subnet: "198.18.0.0/24" }], {}, ["198.18.0.1"]],
    ["of all addresses", [{ Subnet: "0.0.0.0/0" }], {}, ["0.0.0.1"]],
    ["none where it is isolated", [{ Subnet: "172.18.0.0/16" }], ISOLATED, []],
    [
      "what it says also where it is isolated",
      [{ Subnet: "172.18.0.0/16", Gateway: "172.18.0.9" }],
      ISOLATED,
      ["172.18.0.9"],
    ],
    ["of both families", [{ Gateway: "172.18.0.1" }, { Gateway: "fd00::1" }], {}, ["172.18.0.1", "fd00::1"]],
    ["an IPv6 subnet's only if it is said", [{ Subnet: "fd00::/64" }], {}, []],
    ["of none", undefined, {}, []],
  ])("%s", (_, Config, Options, gateways) => {
    expect(gatewaysOf({ IPAM: { Driver: "default", Config }, Options })).toEqual(gateways);
  });
});

describe("what a probe says", () => {
  it.each([
    ["", []],
    ["gateway 172.18.0.1 port 22 refused\n", ["gateway 172.18.0.1 (port 22 refused)"]],
    [
      "gateway 172.18.0.1 port 22 refused\nresolver 127.0.0.11 dns example.com answered\ngateway 172.18.0.1 port 80 connected\n",
      ["gateway 172.18.0.1 (port 22 refused, port 80 connected)", "resolver 127.0.0.11 (dns example.com answered)"],
    ],
  ])("%j is told by who answers", (said, told) => {
    expect(answering(said)).toEqual(told);
  });
});
