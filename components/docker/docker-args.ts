import type * as pulumi from "@pulumi/pulumi";

/** What only tier docker has. */
export interface DockerArgs {
  /**
   * Where the engine is: `unix:///var/run/docker.sock`, `tcp://host:2376` (certificates in DOCKER_CERT_PATH),
   * `ssh://user@host`. Default: DOCKER_HOST, else this machine's. A change replaces the host's instances.
   */
  host?: pulumi.Input<string>;
  /**
   * One of the engine's runtimes, such as `"runsc"` or `"kata"`. Default: the engine's. A change replaces the host's
   * instances.
   */
  runtime?: pulumi.Input<string>;
}
