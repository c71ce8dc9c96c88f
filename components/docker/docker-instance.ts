import * as pulumi from "@pulumi/pulumi";
import type { AfterEnd } from "../../src/model/after-end";

export interface DockerInstanceArgs {
  host: pulumi.Input<string>;
  owner: pulumi.Input<string>;
  lease: pulumi.Input<string>;
  /** The engine's id of it. */
  container: pulumi.Input<string>;
  snapshot?: pulumi.Input<string>;
  task?: pulumi.Input<unknown>;
  afterEnd: pulumi.Input<AfterEnd>;
  limits: pulumi.Input<object>;
  env?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  secrets?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** The sandbox in a container. Its id is the sandbox's, and so the lease's. */
export class DockerInstance extends pulumi.CustomResource {
  declare readonly connection: pulumi.Output<string>;
  declare readonly state: pulumi.Output<string>;

  constructor(name: string, args: DockerInstanceArgs, opts: pulumi.CustomResourceOptions) {
    super("sandstack:docker:Instance", name, { ...args, connection: undefined, state: undefined }, opts);
  }
}
