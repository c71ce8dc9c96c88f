import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { defaultHost } from "../../src/model/docker/default-host";
import type { DockerArgs } from "./docker-args";
import { loadDocker } from "./load-docker";

/** What a host of tier docker declares: the engine, and how its sandboxes run there. */
export interface HostEngine {
  /** Of the host. */
  name: string;
  owner: pulumi.Output<string>;
  parent: pulumi.Resource;
  provider: docker.Provider;
  host: pulumi.Output<string>;
  runtime?: pulumi.Input<string>;
}

/** By the host, and by the instance. The types of a package that only this tier needs stay out of theirs. */
const engines = new WeakMap<pulumi.ComponentResource, HostEngine>();

/** `undefined` for what is not of tier docker. */
export function engineOf(component: pulumi.ComponentResource | undefined): HostEngine | undefined {
  return component && engines.get(component);
}

export function rememberEngine(component: pulumi.ComponentResource, engine: HostEngine | undefined): void {
  if (engine !== undefined) engines.set(component, engine);
}

/** Another host is another engine, which has nothing of what was made at the first one. */
export function declareEngine(
  name: string,
  args: DockerArgs,
  owner: pulumi.Output<string>,
  parent: pulumi.Resource,
): HostEngine {
  const host = pulumi.output(args.host).apply((given) => given || defaultHost());
  const { Provider } = loadDocker();
  const provider = new Provider(name, { host }, { parent, replaceOnChanges: ["host"] });
  return { name, owner, parent, provider, host, runtime: args.runtime };
}
