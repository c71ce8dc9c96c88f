import { parseConnection } from "../../model/connection";
import { snapshotIdFor } from "../../model/id";
import { changesOf, type Change } from "../changes";
import type { Kind } from "../kind";

const KEPT = "kept";
const GONE = "gone, there is no such snapshot on this machine";

/** `sandstack:local:Snapshot`: captured once; only a trigger captures again, and not another instance. */
export const snapshot: Kind = {
  outputs: ["reference", "state"],

  async check(checker) {
    await checker.require("sandbox", "the connection of an instance", (connection: string) => {
      parseConnection(connection);
      return connection;
    });
  },

  diff({ inputs, outputs }, news) {
    const changes = changesOf(inputs, news, { description: "update", triggers: "replace" });
    return outputs["state"] === KEPT ? { changes } : { changes: [...changes, lost], reason: GONE };
  },

  async create({ urn }, { sandbox, description, triggers }) {
    const [{ readSnapshot, syncSnapshot, tierFor }, { withGuest }] = await Promise.all([
      import("../../tiers/index.js"),
      import("../guest.js"),
    ]);
    const connection = parseConnection(sandbox as string);
    const id = snapshotIdFor(connection.id, urn, triggers ?? null);
    if (readSnapshot(id) === undefined) {
      const options = { id, description: description as string | undefined, keep: true };
      await withGuest(connection, (guest) => tierFor(connection.tier).snapshot(guest, options, connection));
    }
    await syncSnapshot(id);
    const takenAt = new Date(readSnapshot(id)?.createdAt ?? Date.now()).toISOString();
    return { id, outputs: { reference: `${connection.id}@${takenAt}`, state: KEPT } };
  },

  async read({ id, outputs }) {
    const { readSnapshot } = await import("../../tiers/index.js");
    return { ...outputs, state: readSnapshot(id) ? KEPT : GONE };
  },

  async update(_, { id, outputs }, { description = "" }) {
    const { describeSnapshot } = await import("../../tiers/index.js");
    describeSnapshot(id, description as string);
    return outputs;
  },

  async remove({ id }) {
    const { removeSnapshot } = await import("../../tiers/index.js");
    await removeSnapshot(id);
  },
};

const lost: Change = { path: "state", kind: "update", effect: "replace", input: false };
