import type { TierName } from "./tier";

/** What sandboxes of a tier can do, and others can't. */
export interface Capabilities {
  /** `user: "root"` is there, powerless outside. */
  root: boolean;
  /** `network: "host"` is there, and open. */
  hostNetwork: boolean;
  /** /proc is there: ps, free, and Node's `os.cpus` work. */
  proc: boolean;
}

const OF_TIER: Readonly<Record<TierName, Capabilities>> = {
  chroot: { root: false, hostNetwork: true, proc: false },
  nspawn: { root: true, hostNetwork: false, proc: true },
  docker: { root: false, hostNetwork: false, proc: true },
};

export function capabilitiesOf(tier: TierName): Capabilities {
  return OF_TIER[tier];
}
