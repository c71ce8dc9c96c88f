import * as pulumi from "@pulumi/pulumi";
import { refuseUnknown } from "../src/model/refuse-unknown";
import { inDeclaration, requireComponent, typeOf } from "./declaration";
import { DockerSnapshot } from "./docker/docker-snapshot";
import { engineOf } from "./docker/engine";
import { LocalSnapshot } from "./local/local-snapshot";
import type { SandboxInstance } from "./sandbox-instance";

export interface SandboxSnapshotArgs {
  /**
   * Whose files are kept. Required. A replaced instance is not captured again: what was captured stays.
   */
  instance: SandboxInstance;
  /** For people. Default: none. A change updates. */
  description?: pulumi.Input<string>;
  /** Values whose change captures again, and replaces. Default: none, so it is captured once. */
  triggers?: pulumi.Input<pulumi.Input<string | number | boolean>[]>;
}

/**
 * An instance's files as they were when this was made. It outlives the instance.
 *
 * @example
 * const prepared = new SandboxSnapshot("prepared", { instance: agent, description: "before the first task" });
 */
export class SandboxSnapshot extends pulumi.ComponentResource {
  /** `snap-…`, what `sandbox.rollback()` takes. */
  readonly id: pulumi.Output<string>;
  /** For people: the sandbox that it was taken of, and when. */
  readonly reference: pulumi.Output<string>;

  /** @throws SandstackError INVALID_OPTION naming the declaration, the option and the value received */
  constructor(name: string, args: SandboxSnapshotArgs, opts?: pulumi.ComponentResourceOptions) {
    inDeclaration("SandboxSnapshot", name, () => checkSnapshotArgs(args));
    super(typeOf("SandboxSnapshot"), name, {}, opts);
    const { instance, description, triggers } = args;
    const Snapshot = engineOf(instance) ? DockerSnapshot : LocalSnapshot;
    const snapshot = new Snapshot(name, { sandbox: instance.connection, description, triggers }, { parent: this });
    this.id = snapshot.id;
    this.reference = snapshot.reference;
    this.registerOutputs({ id: this.id, reference: this.reference });
  }
}

/** @throws SandstackError INVALID_OPTION for what can be seen before any value is awaited */
function checkSnapshotArgs(args: SandboxSnapshotArgs | undefined): void {
  requireComponent("instance", args?.instance, "SandboxInstance");
  refuseUnknown("", args as SandboxSnapshotArgs, ["instance", "description", "triggers"]);
}
