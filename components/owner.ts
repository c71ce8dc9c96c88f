import * as pulumi from "@pulumi/pulumi";

/** A random id, made once, that everything made for one host declaration bears. Its id is the owner. */
export class Owner extends pulumi.CustomResource {
  constructor(name: string, opts: pulumi.CustomResourceOptions) {
    super("sandstack:index:Owner", name, {}, opts);
  }
}
