import * as pulumi from "@pulumi/pulumi";
import type { AfterEnd } from "../src/model/after-end";

export interface LeaseArgs {
  /** How long what it stands for may live. A change moves every deadline. */
  ttl: pulumi.Input<string | number>;
  /** Another one makes another lease: a digest of all that replaces what it stands for. */
  generation: pulumi.Input<string>;
  /** What is to be done once what it stands for has ended. */
  afterEnd: pulumi.Input<AfterEnd>;
}

/** Fixes id, creation time and deadline of an instance before that is made, so that nothing that changes by the minute is an input. */
export class Lease extends pulumi.CustomResource {
  /** ISO 8601. */
  declare readonly createdAt: pulumi.Output<string>;
  /** ISO 8601. */
  declare readonly deadline: pulumi.Output<string>;

  constructor(name: string, args: LeaseArgs, opts: pulumi.CustomResourceOptions) {
    super(
      "sandstack:index:Lease",
      name,
      { ...args, createdAt: undefined, deadline: undefined, state: undefined },
      opts,
    );
  }
}
