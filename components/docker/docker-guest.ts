import * as pulumi from "@pulumi/pulumi";

export interface DockerGuestArgs {
  host: pulumi.Input<string>;
  runtime?: pulumi.Input<string>;
  owner: pulumi.Input<string>;
  /** Id, creation time and deadline are those of its lease. */
  lease: pulumi.Input<string>;
  createdAt: pulumi.Input<string>;
  deadline: pulumi.Input<string>;
  image?: pulumi.Input<string>;
  snapshot?: pulumi.Input<string>;
  network?: pulumi.Input<string>;
  /** Of one that is to lead nowhere. */
  networkName?: pulumi.Input<string>;
  user?: pulumi.Input<string>;
}

/** What has to be there before the container of an instance is: its record, its lease at the reaper, the guest. */
export class DockerGuest extends pulumi.CustomResource {
  /** The one that has the guest. */
  declare readonly volume: pulumi.Output<string>;
  /** Of the default user. */
  declare readonly home: pulumi.Output<string>;
  declare readonly envs: pulumi.Output<string[]>;
  /** Bytes: half of what the engine's machine has. */
  declare readonly memory: pulumi.Output<number>;
  /** The one that the instance was made with, which its labels keep. */
  declare readonly firstDeadline: pulumi.Output<string>;

  constructor(name: string, args: DockerGuestArgs, opts: pulumi.CustomResourceOptions) {
    const outputs = {
      volume: undefined,
      home: undefined,
      envs: undefined,
      memory: undefined,
      firstDeadline: undefined,
    };
    super("sandstack:docker:Guest", name, { ...args, ...outputs }, opts);
  }
}
