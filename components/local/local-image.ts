import * as pulumi from "@pulumi/pulumi";
import type { ImageSource } from "../../src/model/image";
import type { ImageFiles } from "../image-files";
import type { ImageLockRef } from "../image-lock";

export interface LocalImageArgs {
  from: pulumi.Input<ImageSource>;
  packages?: pulumi.Input<pulumi.Input<string>[]>;
  python?: pulumi.Input<readonly string[] | { requirements: string }>;
  npm?: pulumi.Input<readonly string[] | { package: string }>;
  files?: pulumi.Input<ImageFiles>;
  run?: pulumi.Input<pulumi.Input<string | pulumi.Input<string>[]>[]>;
  runTimeout?: pulumi.Input<string | number>;
  env?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  user?: pulumi.Input<string>;
  cwd?: pulumi.Input<string>;
  lock?: ImageLockRef;
}

/** An image in the store of this machine. Its id is its digest. */
export class LocalImage extends pulumi.CustomResource {
  declare readonly digest: pulumi.Output<string>;
  declare readonly reference: pulumi.Output<string>;
  declare readonly sizeBytes: pulumi.Output<number>;

  constructor(name: string, args: LocalImageArgs, opts: pulumi.CustomResourceOptions) {
    const outputs = { digest: undefined, reference: undefined, sizeBytes: undefined, state: undefined };
    super("sandstack:local:Image", name, { ...args, ...outputs }, opts);
  }
}
