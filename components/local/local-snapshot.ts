import * as pulumi from "@pulumi/pulumi";

export interface LocalSnapshotArgs {
  /** The connection of the sandbox that it is taken of. */
  sandbox: pulumi.Input<string>;
  description?: pulumi.Input<string>;
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
}

/** A snapshot that is kept when its sandbox ends. */
export class LocalSnapshot extends pulumi.CustomResource {
  declare readonly reference: pulumi.Output<string>;

  constructor(name: string, args: LocalSnapshotArgs, opts: pulumi.CustomResourceOptions) {
    super("sandstack:local:Snapshot", name, { ...args, reference: undefined, state: undefined }, opts);
  }
}
