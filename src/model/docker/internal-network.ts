/** The bridge driver's options, by the names that it has for them. */
export const BRIDGE = "com.docker.network.bridge";

/**
 * What an internal network's bridge is told. Without it the bridge has an address, at which the engine's machine serves
 * whatever listens on all of its own.
 */
export const INTERNAL_BRIDGE = { [`${BRIDGE}.inhibit_ipv4`]: "true" };

/**
 * Whom the engine's resolver asks for what it does not know; by default that is its machine's own. This is the container's
 * loopback, where nobody is.
 */
export const INTERNAL_DNS = ["127.0.0.1"];

/** A bridge has a link-local IPv6 address, whatever the network's options say. */
export const INTERNAL_SYSCTLS = { "net.ipv6.conf.all.disable_ipv6": "1" };
