import * as pulumi from "@pulumi/pulumi";
import { capabilitiesOf, type Capabilities } from "../src/model/capabilities";
import { parseDeclaredTier, refuseUnknown } from "../src/model/sandbox-options";
import type { TierName } from "../src/model/tier";
import { inDeclaration, isPlain, requireOption, typeOf } from "./declaration";
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
   * (lighter and weaker: no pid or user namespace). Required. A change replaces the host's instances.
   */
  tier: pulumi.Input<TierName>;
  /** Who may connect besides root. */
  access?: AccessArgs;
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
      .apply((tier) => inDeclaration("SandboxHost", name, () => parseDeclaredTier(tier)));
    this.owner = new Owner(name, { parent: this }).id;
    this.capabilities = this.tier.apply(capabilitiesOf);
    this.group = pulumi.output(args.access?.group);
    this.registerOutputs({ tier: this.tier, owner: this.owner, capabilities: this.capabilities });
  }
}

/** @throws SandstackError INVALID_OPTION for what can be seen before any value is awaited */
function checkHostArgs(args: SandboxHostArgs | undefined): void {
  requireOption("tier", args?.tier, "one of chroot, nspawn");
  refuseUnknown("", args as SandboxHostArgs, ["tier", "access"]);
  refuseUnknown("access.", args?.access ?? {}, ["group"]);
  if (isPlain(args?.tier)) parseDeclaredTier(args?.tier);
}
