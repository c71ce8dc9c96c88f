import type { MadeEntry } from "./tar-maker";

/** Entries that want out of the tree that they are unpacked into: what they are, they, and what the refusal names. */
export const ESCAPES: readonly [what: string, entries: MadeEntry[], named: RegExp][] = [
  ["an absolute name", [{ path: "/var/tmp/sandstack-escaped" }], /"\/var\/tmp\/sandstack-escaped"/],
  ["a name that climbs", [{ path: `${"../".repeat(12)}var/tmp/sandstack-escaped` }], /sandstack-escaped/],
  ["a link out of it", [{ path: "out", type: "2", link: "../../etc" }], /"out"/],
  [
    "a file through a link",
    [{ path: "out", type: "2", link: "/var/tmp" }, { path: "out/sandstack-escaped" }],
    /"out\/sandstack-escaped"/,
  ],
  ["a hard link out of it", [{ path: "h", type: "1", link: "/etc/passwd" }], /"h".*"\/etc\/passwd"/],
];
