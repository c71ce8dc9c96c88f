/** The bridge driver's options, by the names that it has for them. */
export const BRIDGE = "com.docker.network.bridge";
/** That of engine 28. Older ones do not know the option, or not this value of it. */
const ISOLATES_FROM = [1, 48] as const;

/**
 * What an internal network's bridge is told. Without it the bridge has an address, at which the engine's machine serves
 * whatever listens on all of its own.
 * @param apiVersion of the engine, as it says it
 */
export function internalBridgeOptions(apiVersion: string): Record<string, string> {
  const inhibited = { [`${BRIDGE}.inhibit_ipv4`]: "true" };
  if (!isolates(apiVersion)) return inhibited;
  return {
    ...inhibited,
    [`${BRIDGE}.gateway_mode_ipv4`]: "isolated",
    [`${BRIDGE}.gateway_mode_ipv6`]: "isolated",
  };
}

function isolates(apiVersion: string): boolean {
  const [major = 0, minor = 0] = apiVersion.split(".").map(Number);
  return major > ISOLATES_FROM[0] || (major === ISOLATES_FROM[0] && minor >= ISOLATES_FROM[1]);
}

/**
 * Whom the engine's resolver asks for what it does not know; by default that is its machine's own. This is the container's
 * loopback, where nobody is.
 */
export const INTERNAL_DNS = ["127.0.0.1"];

/** A bridge has a link-local IPv6 address, whatever the network's options say. */
export const INTERNAL_SYSCTLS = { "net.ipv6.conf.all.disable_ipv6": "1" };
