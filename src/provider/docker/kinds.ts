import type { DockerKind } from "./kind";

/** By type token. Loaded when first asked for. */
const KINDS: Readonly<Record<string, () => Promise<DockerKind>>> = {
  "docker:index/container:Container": async () => (await import("./container/kind.js")).container,
  "docker:index/network:Network": async () => (await import("./network.js")).network,
  "docker:index/remoteImage:RemoteImage": async () => (await import("./remote-image.js")).remoteImage,
  "docker:index/volume:Volume": async () => (await import("./volume.js")).volume,
};

/** `undefined` for a type that only the plugin has. */
export function dockerKindOf(type: string): Promise<DockerKind> | undefined {
  return KINDS[type]?.();
}
