import type { NetworkInspectInfo } from "dockerode";
import { BRIDGE, INTERNAL_DNS, INTERNAL_SYSCTLS } from "../../model/docker/internal-network";

/** What the HostConfig of a container on an internal network has, whoever it is. */
export interface OnInternalNetwork {
  NetworkMode: string;
  Dns: string[];
  Sysctls: Record<string, string>;
}

/**
 * @param network its name. It is the container's only one from the start: one that is connected later has begun on the
 * default network, with a way out.
 */
export function onInternalNetwork(network: string): OnInternalNetwork {
  return { NetworkMode: network, Dns: INTERNAL_DNS, Sysctls: INTERNAL_SYSCTLS };
}

/** Where an engine's machine would answer on a network: its gateways, or what they are by default. */
export function gatewaysOf({ IPAM, Options }: Pick<NetworkInspectInfo, "IPAM" | "Options">): string[] {
  // Such a network has none, and the address is free for a container.
  const withoutIpv4 = Options?.[`${BRIDGE}.gateway_mode_ipv4`] === "isolated";
  return (IPAM?.Config ?? []).flatMap(({ Gateway, Subnet }) => {
    if (Gateway) return [withoutPrefix(Gateway)];
    const first = withoutIpv4 || !Subnet ? undefined : firstOf(Subnet);
    return first === undefined ? [] : [first];
  });
}

function withoutPrefix(address: string): string {
  return address.replace(/\/.*/, "");
}

/** The first address of an IPv4 network. */
function firstOf(subnet: string): string | undefined {
  const octets = withoutPrefix(subnet).split(".").map(Number);
  if (octets.length !== 4) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  const bits = Number(subnet.split("/")[1] ?? 32);
  const number = ((((a << 24) | (b << 16) | (c << 8) | d) & (bits === 0 ? 0 : -1 << (32 - bits))) + 1) >>> 0;
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}
