import type { Sandbox, SandboxOptions } from "../../runtime";
import { formatDuration } from "../model/ttl";
import { notice } from "./notice";
import { imageOf, parseImage } from "./options/image";
import type { SandboxValues } from "./options/sandbox";
import { ProgressBar } from "./progress";

/** What a command adds to the options that were typed. */
export type MoreOptions = Pick<SandboxOptions, "endWithProcess" | "group" | "signal" | "task">;

/** Makes the sandbox that the options of `run` or `create` describe, and says what a person may want to know of it. */
export async function makeSandbox(values: SandboxValues, more: MoreOptions): Promise<Sandbox> {
  const { tier, ttl, verbose } = values;
  // A weaker tier is never taken unasked: who names none is told which it is, and why.
  if (tier === undefined) notice("tier nspawn, the strongest that is built (--tier chroot is weaker)");
  const sandbox = await make(values, more);
  if (verbose) {
    const text = `sandbox ${sandbox.sandboxId} on ${sandbox.tier}, ends by itself in ${formatDuration(ttl)}`;
    notice(text, { always: true });
  }
  return sandbox;
}

async function make(values: SandboxValues, more: MoreOptions): Promise<Sandbox> {
  const { tier, snapshot, name, ttl, cpus, memory, processes, disk, network, user } = values;
  const image = values.image === undefined ? undefined : parseImage(values.image);
  const [{ Sandbox }, { defaultImage }] = await Promise.all([
    import("../../runtime/index.js"),
    import("../images/index.js"),
  ]);
  using bar = new ProgressBar();
  return await Sandbox.create({
    tier,
    image: imageOf(image, values.package ?? [], defaultImage),
    snapshot,
    name,
    ttl,
    limits: { cpus, memory, processes, disk },
    network,
    user,
    onProgress: bar.report,
    ...more,
  });
}
