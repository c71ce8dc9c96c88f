import type * as docker from "@pulumi/docker";
import { INTERNAL_BRIDGE, INTERNAL_DNS, INTERNAL_SYSCTLS } from "../../src/model/docker/internal-network";
import { labelList } from "../../src/model/docker/label-list";
import { networkLabels } from "../../src/model/docker/labels";
import { networkName } from "../../src/model/docker/names";
import { stackName } from "../declaration";
import type { HostEngine } from "./engine";
import { loadDocker } from "./load-docker";

const networks = new WeakMap<HostEngine, docker.Network>();

/** The network of all instances of a host that want one, declared with the first of them. */
export function internalNetwork(engine: HostEngine): docker.Network {
  const network = networks.get(engine) ?? declareNetwork(engine);
  networks.set(engine, network);
  return network;
}

function declareNetwork({ name, owner, parent, provider }: HostEngine): docker.Network {
  const { Network } = loadDocker();
  return new Network(
    name,
    {
      name: owner.apply(networkName),
      driver: "bridge",
      internal: true,
      options: INTERNAL_BRIDGE,
      labels: owner.apply((of) => labelList(networkLabels({ owner: of, stack: stackName() }))),
    },
    { parent, provider },
  );
}

/** What a container on an internal network has. It is its only one from the start: a second one would have a way out. */
export function onNetwork(network: docker.Network) {
  return { networkMode: network.name, dns: INTERNAL_DNS, sysctls: INTERNAL_SYSCTLS };
}
