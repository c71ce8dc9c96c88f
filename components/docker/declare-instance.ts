import * as pulumi from "@pulumi/pulumi";
import type { AfterEnd } from "../../src/model/after-end";
import { WRITABLE, type Writable } from "../../src/model/docker/names";
import { knownTooLate } from "../../src/model/sandbox-options";
import { isPlain, stackName } from "../declaration";
import type { Lease } from "../lease";
import type { EnvArgs, LimitArgs } from "../sandbox-instance";
import { containerArgs, labelArgs, volumeArgs } from "./container";
import { DockerGuest } from "./docker-guest";
import type { DockerImage } from "./docker-image";
import { DockerInstance } from "./docker-instance";
import type { HostEngine } from "./engine";
import { internalNetwork, onNetwork } from "./internal-network";
import { loadDocker } from "./load-docker";

export interface ContainerInstanceArgs {
  engine: HostEngine;
  owner: pulumi.Output<string>;
  lease: Lease;
  /** As the engine has it. */
  engineImage: DockerImage;
  image?: pulumi.Input<string>;
  snapshot?: pulumi.Input<string>;
  network?: pulumi.Input<string>;
  user?: pulumi.Input<string>;
  task?: pulumi.Input<unknown>;
  afterEnd: pulumi.Input<AfterEnd>;
  limits?: LimitArgs;
  env?: EnvArgs;
  secrets?: EnvArgs;
}

/** An instance of tier docker: what comes before its container, the container with its volumes, and the sandbox in it. */
export function declareInstance(name: string, args: ContainerInstanceArgs, parent: pulumi.Resource): DockerInstance {
  const { engine, owner, lease, engineImage, image, snapshot, user, limits = {} } = args;
  const network = args.network === "internal" ? internalNetwork(engine) : undefined;
  const { host, provider, runtime } = engine;
  const { id, createdAt, deadline } = lease;
  const at = { host, runtime, owner, lease: id, createdAt, deadline };
  const guest = new DockerGuest(
    name,
    { ...at, image, snapshot, user, network: notLater(args.network), networkName: network?.name },
    { parent },
  );
  const { Container, Volume } = loadDocker();
  const labels = (kind: "sandbox" | "terminals" | Writable) =>
    pulumi.all([owner, id, createdAt, guest.firstDeadline]).apply(([owner, id, made, until]) => {
      return labelArgs(kind, {
        owner,
        id,
        stack: stackName(),
        createdAt: Date.parse(made),
        deadline: Date.parse(until),
      });
    });
  const volumes = WRITABLE.map((of) => {
    const volume = new Volume(`${name}-${of}`, volumeArgs(id, of, labels(of)), { parent, provider });
    return [of, volume.name];
  });
  const memory = pulumi.all([limits.memory, guest.memory]).apply(([given, usual]) => given ?? usual);
  const container = new Container(
    name,
    containerArgs({
      ...{ id, guest, memory, runtime, image: engineImage.id, cpus: limits.cpus },
      ...{ labels: labels("sandbox"), terminalLabels: labels("terminals") },
      network: network && onNetwork(network),
      volumes: Object.fromEntries(volumes) as Record<Writable, pulumi.Output<string>>,
    }),
    { parent, provider },
  );
  const { task, afterEnd, env, secrets } = args;
  return new DockerInstance(
    name,
    {
      ...{ host, owner, lease: id, container: container.id, snapshot, task, afterEnd, env, secrets },
      limits: { ...limits, memory },
    },
    { parent },
  );
}

/** What is known only now can't have a network declared for it any more. */
function notLater(network: pulumi.Input<string> | undefined): pulumi.Input<string> | undefined {
  if (network === undefined || isPlain(network)) return network;
  return pulumi.output(network).apply((name) => {
    if (name === "internal") throw knownTooLate("network", name);
    return name;
  });
}
