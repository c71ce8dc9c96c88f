import * as pulumi from "@pulumi/pulumi";
import { defaultAfterEnd, type AfterEnd } from "../src/model/after-end";
import { SandstackError } from "../src/model/error";
import { generationOf } from "../src/model/generation";
import { refuseUnknown } from "../src/model/refuse-unknown";
import type { Network } from "../src/model/tier";
import { parseDuration } from "../src/model/ttl";
import { inDeclaration, isPlain, requireComponent, requireOption, typeOf } from "./declaration";
import { checkContainerLimits } from "./docker/check-limits";
import { declareInstance } from "./docker/declare-instance";
import { DockerImage } from "./docker/docker-image";
import { containerGeneration } from "./docker/generation";
import { engineOf, rememberEngine } from "./docker/engine";
import { Lease } from "./lease";
import { LocalInstance } from "./local/local-instance";
import type { SandboxHost } from "./sandbox-host";
import type { SandboxImage } from "./sandbox-image";
import type { SandboxSnapshot } from "./sandbox-snapshot";

/** Bounds of a sandbox. */
export interface LimitArgs {
  /** Processors, e.g. 0.5. Default: all. A change updates; on docker, to have it or not replaces. */
  cpus?: pulumi.Input<number>;
  /**
   * Memory and swap together, `"512MiB"` or bytes. Default: half of the machine's memory (on docker, the engine's). A
   * change updates.
   */
  memory?: pulumi.Input<string | number>;
  /** Processes and threads at once. Default 512. A change updates. */
  processes?: pulumi.Input<number>;
  /** All that the sandbox writes, `"1GiB"` or bytes; refused on docker. Default: no limit. A change replaces. */
  disk?: pulumi.Input<string | number>;
}

/** Environment variables: name → value. */
export type EnvArgs = pulumi.Input<Record<string, pulumi.Input<string>>>;

export interface SandboxInstanceArgs {
  /** Where it runs. Required. */
  host: SandboxHost;
  /** What its files begin from: this or `snapshot`. A change of the image's digest replaces. */
  image?: SandboxImage;
  /** Begins from a snapshot instead of an image. A change replaces. */
  snapshot?: SandboxSnapshot;
  /**
   * It ends by itself so long after it was made: `"90s"`, `"15m"`, `"1h30m"`, or ms; at most 30 days. Required. A change
   * updates: its deadline moves.
   */
  ttl: pulumi.Input<string | number>;
  /**
   * A command; the instance ends when it ends, and `ttl` is the upper bound. A string is a line for the shell, an array
   * is executed as it is. How it ended, and its output, outlive the instance: `Sandbox.result()`, `sandstack logs`.
   * Default: none. A change replaces.
   */
  task?: pulumi.Input<string | pulumi.Input<string>[]>;
  /**
   * What the next `up` does once it has ended: `"recreate"` makes it anew, `"leave"` changes nothing. Default `"leave"`
   * with a task, else `"recreate"`. A change updates.
   */
  afterEnd?: pulumi.Input<AfterEnd>;
  /** Its bounds. A change updates, but of `disk` replaces. */
  limits?: LimitArgs;
  /**
   * `"none"` is loopback and nothing else; `"host"` is the machine's own network, on chroot only, and open; `"internal"`,
   * on docker only, is one network of all instances of the host that have it, which find one another as
   * `sandstack-<id>` and reach nothing else: a probe tries that before an instance is made.
   * Default `"none"`. A change replaces.
   */
  network?: pulumi.Input<Network>;
  /**
   * Environment of every command in it, kept as secrets: encrypted in the state, never in an argument or environment of
   * a process of the machine, never in a log. Default: none. A change updates: commands that start later have it.
   */
  secrets?: EnvArgs;
  /** Environment of every command in it. Default: none. A change updates: commands that start later have it. */
  env?: EnvArgs;
  /** Who its commands run as. Default `"agent"` (1000). `"root"` is refused on chroot and docker. A change replaces. */
  user?: pulumi.Input<string>;
}

/**
 * A sandbox that ends by itself. One that has ended is made anew by the next `up`, or left as it is (`afterEnd`).
 *
 * @example
 * const agent = new SandboxInstance("agent", { host, image, ttl: "15m", limits: { cpus: 1, memory: "512MiB" } });
 * export const sandbox = agent.connection;
 */
export class SandboxInstance extends pulumi.ComponentResource {
  /** What `Sandbox.connect()` takes. It changes when the instance is replaced. No secret is in it. */
  readonly connection: pulumi.Output<string>;
  /** When it was made, in ISO 8601. */
  readonly createdAt: pulumi.Output<string>;
  /** When it ends by itself, in ISO 8601. */
  readonly deadline: pulumi.Output<string>;
  /** `running`, or how and when it ended, as the last `up` or `refresh` saw it. */
  readonly state: pulumi.Output<string>;

  /** @throws SandstackError INVALID_OPTION naming the declaration, the option and the value received */
  constructor(name: string, args: SandboxInstanceArgs, opts?: pulumi.ComponentResourceOptions) {
    inDeclaration("SandboxInstance", name, () => checkInstanceArgs(args));
    super(typeOf("SandboxInstance"), name, {}, opts);
    const { ttl, limits, env, secrets } = args;
    const afterEnd = pulumi.all([args.afterEnd, args.task]).apply(([given, task]) => given ?? defaultAfterEnd(task));
    const engine = engineOf(args.host);
    rememberEngine(this, engine);
    const fixed = fixedArgs(args);
    const { image, snapshot } = fixed;
    const engineImage = engine && new DockerImage(name, { host: engine.host, image, snapshot }, { parent: this });
    const generation = pulumi
      .output({ ...fixed, disk: limits?.disk, container: engine && containerGeneration(engine, limits) })
      .apply(generationOf);
    // Its time begins when the image is where it is needed.
    const lease = new Lease(name, { ttl, generation, afterEnd }, { parent: this, dependsOn: engineImage });
    const { id, createdAt, deadline } = lease;
    const changing = { afterEnd, limits, env, secrets: secrets && pulumi.secret(secrets) };
    const instance =
      engine && engineImage
        ? declareInstance(name, { ...fixed, ...changing, engine, engineImage, lease }, this)
        : new LocalInstance(name, { ...fixed, ...changing, lease: id, createdAt, deadline }, { parent: this });
    this.connection = instance.connection;
    this.createdAt = createdAt;
    this.deadline = deadline;
    this.state = instance.state;
    const { connection, state } = this;
    this.registerOutputs({ connection, createdAt, deadline, state });
  }
}

/** What can't be changed while it lives, but the disk's limit. */
function fixedArgs({ host, image, snapshot, task, network, user }: SandboxInstanceArgs) {
  const { tier, owner, group } = host;
  return { tier, owner, group, image: image?.digest, snapshot: snapshot?.id, task, network, user };
}

const KNOWN: readonly (keyof SandboxInstanceArgs)[] = [
  ...(["host", "image", "snapshot", "ttl", "task", "afterEnd", "limits", "network", "secrets", "env", "user"] as const),
];

/** @throws SandstackError INVALID_OPTION for what can be seen before any value is awaited */
function checkInstanceArgs(args: SandboxInstanceArgs | undefined): void {
  requireComponent("host", args?.host, "SandboxHost");
  const { image, snapshot, ttl, limits = {} } = args as SandboxInstanceArgs;
  refuseUnknown("", args as SandboxInstanceArgs, KNOWN);
  refuseUnknown("limits.", limits, ["cpus", "memory", "processes", "disk"]);
  if (engineOf(args?.host)) checkContainerLimits(limits);
  if (image !== undefined && snapshot !== undefined) {
    throw new SandstackError("INVALID_OPTION", "image is given together with snapshot.", {
      hint: "An instance begins from one of them.",
    });
  }
  if (snapshot === undefined) requireComponent("image", image, "SandboxImage");
  else requireComponent("snapshot", snapshot, "SandboxSnapshot");
  requireOption("ttl", ttl, 'how long the instance may live, such as "15m": no sandbox is without an end');
  if (isPlain(ttl)) parseDuration("ttl", ttl);
}
