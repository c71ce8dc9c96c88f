import { handler } from "../service";
import type { Values } from "../values";
import type { DockerProvider } from "./provider";

/** What an engine in this process is told, and tells. */
export interface DockerHost {
  log(severity: "info", message: string, urn: string): void;
  progress?(message: string, urn: string): void;
  /** The inputs of a create of this resource that an earlier run was cut off in. */
  interrupted?(urn: string): Values | undefined;
}

const METHODS = [
  ...(["checkConfig", "diffConfig", "configure", "check", "diff"] as const),
  ...(["create", "read", "update", "delete", "invoke", "cancel"] as const),
];
type Answer = (request: unknown) => Promise<object>;

/**
 * Stands in for the plugin of `@pulumi/docker` where that is not installed: the types that sandboxes use, in the
 * plugin's own state shape, so that each can go on with what the other has made. Loaded when it is first asked: most
 * programs have no container.
 */
export function createDockerProvider(host: DockerHost) {
  let loading: Promise<DockerProvider> | undefined;
  const load = () => (loading ??= import("./provider.js").then(({ DockerProvider }) => new DockerProvider(host)));
  const answering = (method: (typeof METHODS)[number]) =>
    handler(async (request: unknown) => {
      const provider = await load();
      return (provider[method] as Answer).call(provider, request);
    });
  return Object.fromEntries(METHODS.map((method) => [method, answering(method)]));
}
