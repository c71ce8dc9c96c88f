import * as pulumi from "@pulumi/pulumi";
import { capabilitiesOf, type Capabilities } from "../src/model/capabilities";
import { SandstackError } from "../src/model/error";
import { refuseUnknown } from "../src/model/refuse-unknown";
import { parseLocalTier, parseTier } from "../src/model/sandbox-options";
import { TIERS, type TierName } from "../src/model/tier";
import { inDeclaration, isPlain, requireOption, typeOf } from "./declaration";
import type { DockerArgs } from "./docker/docker-args";
import { declareEngine, rememberEngine } from "./docker/engine";
import { Owner } from "./owner";

/** Who may connect besides root. */
export interface AccessArgs {
  /**
   * A group of this machine whose members may connect to the sandboxes, so that a service without root can use what
   * root made. Default: root alone. A change replaces the host's instances.
   */
  group?: pulumi.Input<string>;
}

export interface SandboxHostArgs {
  /**
   * How its sandboxes are isolated: `"nspawn"` (namespaces of its own for everything, a root inside) or `"chroot"`
   * (lighter and weaker: no pid or user namespace), both of this machine, or `"docker"` (containers of an engine; it has
   * to be there when the program runs, for other things are declared on it). Required. A change replaces the host's
   * instances.
   */
  tier: pulumi.Input<TierName>;
  /** Who may connect besides root. Not on docker. */
  access?: AccessArgs;
  /** What only tier docker has. */
  docker?: DockerArgs;
}

/**
 * Where sandboxes run, and how they are isolated: images, instances and snapshots are declared on a host.
 *
 * @example
 * const host = new SandboxHost("lab", { tier: "nspawn" });
 */
export class SandboxHost extends pulumi.ComponentResource {
  /** How its sandboxes are isolated. */
  readonly tier: pulumi.Output<TierName>;
  /** A random id that everything made for this declaration bears: what `destroy` looks for. */
  readonly owner: pulumi.Output<string>;
  /** What its sandboxes can do that those of other tiers can't. */
  readonly capabilities: pulumi.Output<Capabilities>;
  /** The group whose members may connect, if there is one. */
  readonly group: pulumi.Output<string | undefined>;

  /** @throws SandstackError INVALID_OPTION naming the declaration, the option and the value received */
  constructor(name: string, args: SandboxHostArgs, opts?: pulumi.ComponentResourceOptions) {
    inDeclaration("SandboxHost", name, () => checkHostArgs(args));
    super(typeOf("SandboxHost"), name, {}, opts);
    this.tier = pulumi
      .output(args.tier)
      .apply((tier) => inDeclaration("SandboxHost", name, () => parseLater(args.tier, tier)));
    this.owner = new Owner(name, { parent: this }).id;
    this.capabilities = this.tier.apply(capabilitiesOf);
    this.group = pulumi.output(args.access?.group);
    if (args.tier === "docker") rememberEngine(this, declareEngine(name, args.docker ?? {}, this.owner, this));
    this.registerOutputs({ tier: this.tier, owner: this.owner, capabilities: this.capabilities });
  }
}

/** A tier that is known only now: what an instance is made of depends on it on docker, and was declared before. */
function parseLater(given: unknown, tier: unknown): TierName {
  return isPlain(given) ? parseTier(tier) : parseLocalTier(tier);
}

/** @throws SandstackError INVALID_OPTION for what can be seen before any value is awaited */
function checkHostArgs(args: SandboxHostArgs | undefined): void {
  requireOption("tier", args?.tier, `one of ${TIERS.join(", ")}`);
  const { tier, access, docker } = args as SandboxHostArgs;
  refuseUnknown("", args as SandboxHostArgs, ["tier", "access", "docker"]);
  refuseUnknown("access.", access ?? {}, ["group"]);
  refuseUnknown("docker.", docker ?? {}, ["host", "runtime"]);
  if (isPlain(tier)) parseTier(tier);
  if (tier === "docker" && access?.group !== undefined) throw groupRefused();
  if (tier !== "docker" && docker !== undefined) {
    throw new SandstackError("INVALID_OPTION", "docker: it is for tier docker alone.", {
      hint: 'Leave it out, or take tier: "docker".',
    });
  }
}

function groupRefused(): SandstackError {
  return new SandstackError("UNSUPPORTED", "access.group: it is refused on tier docker.", {
    hint: "Who may speak to the engine may speak to its sandboxes: that is the group of the engine's socket.",
  });
}
