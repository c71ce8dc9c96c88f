import type { Kind } from "../kind";

/** By type token. A kind is loaded when it is first asked for: most runs of an unchanged stack make nothing. */
const KINDS: Readonly<Record<string, () => Promise<Kind>>> = {
  "sandstack:index:Owner": async () => (await import("./owner.js")).owner,
  "sandstack:index:Lease": async () => (await import("./lease.js")).lease,
  "sandstack:local:Image": async () => (await import("./image.js")).image,
  "sandstack:local:Instance": async () => (await import("./instance.js")).instance,
  "sandstack:local:Snapshot": async () => (await import("./snapshot.js")).snapshot,
  "sandstack:docker:Image": async () => (await import("./docker/image.js")).image,
  "sandstack:docker:Guest": async () => (await import("./docker/guest.js")).guest,
  "sandstack:docker:Instance": async () => (await import("./docker/instance.js")).instance,
  "sandstack:docker:Snapshot": async () => (await import("./snapshot.js")).snapshot,
};

/** `undefined` for a type that is not ours. */
export function kindOf(type: string): Promise<Kind> | undefined {
  return KINDS[type]?.();
}
