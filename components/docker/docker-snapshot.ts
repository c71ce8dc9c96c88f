import * as pulumi from "@pulumi/pulumi";
import type { LocalSnapshotArgs } from "../local/local-snapshot";

/** A snapshot in a volume of an engine, kept when its sandbox ends. */
export class DockerSnapshot extends pulumi.CustomResource {
  declare readonly reference: pulumi.Output<string>;

  constructor(name: string, args: LocalSnapshotArgs, opts: pulumi.CustomResourceOptions) {
    super("sandstack:docker:Snapshot", name, { ...args, reference: undefined, state: undefined }, opts);
  }
}
