import { parseAfterEnd } from "../../../model/after-end";
import { argvOf } from "../../../model/argv";
import { formatConnection } from "../../../model/connection";
import { containerName } from "../../../model/docker/names";
import { refuseDisk, type LimitOptions } from "../../../model/sandbox-options";
import type { Effects } from "../../changes";
import type { Kind, Made } from "../../kind";
import { GONE, stateOf } from "../../state";
import { diffInstance, INSTANCE_EFFECTS, readInstance, updateInstance } from "../instance";
import { canonicalLimits, checkEnvironment } from "../instance-check";
import type { BringUpInputs } from "../instance-make";

const EFFECTS: Effects = { ...INSTANCE_EFFECTS, host: "replace", container: "replace" };

/**
 * `sandstack:docker:Instance`: the sandbox in a container that the stack declares beside it. Its id is the sandbox's, and
 * so the lease's.
 */
export const instance: Kind = {
  outputs: ["connection", "state"],
  secretInputs: ["secrets"],

  async check(checker) {
    await checker.require("lease", "the id of a lease", (lease: string) => lease);
    await checker.parse("task", (task) => (argvOf(task, "task"), task));
    await checker.parse("afterEnd", parseAfterEnd);
    await checker.parse("limits", (limits: LimitOptions) => (refuseDisk(limits.disk), canonicalLimits(limits)));
    await checkEnvironment(checker);
  },

  diff: (old, news) => diffInstance(old, news, EFFECTS),
  create: ({ remark }, inputs) => makeInstance(inputs as unknown as ContainerInputs, remark),
  read: readInstance,
  update: (_, old, news) => updateInstance(old, news),

  /** The container goes by itself, and all else with what came before it. */
  async remove({ id }) {
    const { removeSandbox } = await import("../../../tiers/index.js");
    await removeSandbox(id);
  },
};

interface ContainerInputs extends BringUpInputs {
  host: string;
  owner: string;
  snapshot?: string;
}

/** Makes a sandbox of a container. What an attempt before this one has done is gone on with. */
async function makeInstance(inputs: ContainerInputs, remark: (message: string) => void): Promise<Made> {
  const { lease: id, snapshot, host, owner } = inputs;
  const [{ adopt, findAdopted, getSandbox, removeSandbox, settledRecord, tierFor }, { bringUp }, { withGuest }] =
    await Promise.all([import("../../../tiers/index.js"), import("../instance-make.js"), import("../../guest.js")]);
  const found = await findAdopted(id);
  if (found === "unknown") {
    // Of an attempt that was cut off, and swept since: there is nothing to go on with, and nothing to remove.
    remark(`${GONE}; the next \`up\` makes it anew`);
    const address = { kind: "docker" as const, host, container: containerName(id) };
    const connection = formatConnection({ version: 1, tier: "docker", id, owner, address });
    return { id, outputs: { connection, state: GONE } };
  }
  // Whoever removed its container made the stack make another one.
  if (found === "ended") await removeSandbox(id);
  if (found === "new") {
    const { connection } = getSandbox(id);
    if (snapshot !== undefined) {
      await withGuest(connection, (guest) => tierFor("docker").rollback(guest, snapshot, connection));
    }
    await adopt(id);
  }
  await bringUp(inputs, true);
  const record = (await settledRecord(id)) ?? getSandbox(id);
  return { id, outputs: { connection: formatConnection(record.connection), state: stateOf(record, Date.now()) } };
}
