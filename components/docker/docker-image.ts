import * as pulumi from "@pulumi/pulumi";

export interface DockerImageArgs {
  host: pulumi.Input<string>;
  /** Its digest. */
  image?: pulumi.Input<string>;
  /** Of a snapshot's sandbox, instead. */
  snapshot?: pulumi.Input<string>;
}

/** An image as an engine has it. Its id is what the engine calls it. */
export class DockerImage extends pulumi.CustomResource {
  constructor(name: string, args: DockerImageArgs, opts: pulumi.CustomResourceOptions) {
    super("sandstack:docker:Image", name, { ...args, digest: undefined }, opts);
  }
}
