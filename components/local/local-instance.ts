import * as pulumi from "@pulumi/pulumi";
import type { AfterEnd } from "../../src/model/after-end";

export interface LocalInstanceArgs {
  tier: pulumi.Input<string>;
  owner: pulumi.Input<string>;
  group: pulumi.Input<string | undefined>;
  /** Id, creation time and deadline are those of its lease. */
  lease: pulumi.Input<string>;
  createdAt: pulumi.Input<string>;
  deadline: pulumi.Input<string>;
  image?: pulumi.Input<string>;
  snapshot?: pulumi.Input<string>;
  task?: pulumi.Input<unknown>;
  afterEnd: pulumi.Input<AfterEnd>;
  limits?: pulumi.Input<object>;
  network?: pulumi.Input<string>;
  user?: pulumi.Input<string>;
  env?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  secrets?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** A sandbox of this machine. Its id is the sandbox's, and so the lease's. */
export class LocalInstance extends pulumi.CustomResource {
  declare readonly connection: pulumi.Output<string>;
  declare readonly state: pulumi.Output<string>;

  constructor(name: string, args: LocalInstanceArgs, opts: pulumi.CustomResourceOptions) {
    super("sandstack:local:Instance", name, { ...args, connection: undefined, state: undefined }, opts);
  }
}
