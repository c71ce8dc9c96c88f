import * as pulumi from "@pulumi/pulumi";
import type { FileInputs } from "./file-provider";

/** A file, as a program declares it. */
export class File extends pulumi.CustomResource {
  declare readonly path: pulumi.Output<string>;
  declare readonly content: pulumi.Output<string>;
  declare readonly size: pulumi.Output<number>;

  constructor(
    name: string,
    args: pulumi.Inputs & { [K in keyof FileInputs]?: pulumi.Input<FileInputs[K]> },
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("file:index:File", name, { size: undefined, ...args }, opts);
  }
}
