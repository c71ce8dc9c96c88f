import { parseNetwork, parseUser } from "../../../model/sandbox-options";
import type { Network, SandboxSpec } from "../../../model/tier";
import { changesOf, type Effects } from "../../changes";
import type { Kind } from "../../kind";
import { nameOf, stackOf } from "../../urn";
import { beginningOf } from "../beginning";

/** Creation time and deadline are its lease's, and labels keep the first ones. */
const EFFECTS: Effects = {
  host: "replace",
  runtime: "replace",
  owner: "replace",
  lease: "replace",
  image: "replace",
  snapshot: "replace",
  network: "replace",
  networkName: "replace",
  user: "replace",
};

interface GuestInputs {
  host: string;
  runtime?: string;
  owner: string;
  lease: string;
  createdAt: string;
  deadline: string;
  image?: string;
  snapshot?: string;
  network?: Network;
  networkName?: string;
  user?: string;
}

/**
 * `sandstack:docker:Guest`: what has to be there before the container of an instance is: its record in the ledger, its
 * lease at the engine's reaper, the guest. Its id is the sandbox's.
 */
export const guest: Kind = {
  outputs: ["volume", "home", "envs", "memory", "firstDeadline"],

  async check(checker) {
    await checker.require("host", "the engine's address", (host: string) => host);
    await checker.require("lease", "the id of a lease", (lease: string) => lease);
    await checker.parse("network", (network) => parseNetwork(network, "docker"));
    await checker.parse("user", (user) => parseUser(user, "docker"));
  },

  diff: ({ inputs }, news) => ({ changes: changesOf(inputs, news, EFFECTS) }),

  async create({ urn }, values) {
    const inputs = values as unknown as GuestInputs;
    const { prepareContainer } = await import("../../../tiers/index.js");
    const spec = await specOf(inputs, urn);
    const prepared = await prepareContainer(spec);
    return { id: inputs.lease, outputs: { ...prepared, firstDeadline: inputs.deadline } };
  },

  read: ({ outputs }) => Promise.resolve(outputs),

  /** The container and its volumes are gone by now. */
  async remove({ id }) {
    const { forgetSandbox } = await import("../../../tiers/index.js");
    await forgetSandbox(id);
  },
};

async function specOf(inputs: GuestInputs, urn: string): Promise<SandboxSpec> {
  const { host, runtime, owner, lease: id, network = "none", networkName } = inputs;
  const [createdAt, deadline] = [Date.parse(inputs.createdAt), Date.parse(inputs.deadline)];
  const { user = "agent", layers, image, config } = await beginningOf({ tier: "docker", ...inputs });
  return {
    ...{ id, owner, stack: stackOf(urn), declaredAs: nameOf(urn) },
    ...{ createdAt, deadline, ttlMs: deadline - createdAt, layers, image, config },
    // Its instance brings the limits.
    ...{ limits: {}, network, user: inputs.user ?? user, docker: { host, runtime, network: networkName } },
  };
}
