import { newOwner } from "../../model/id";
import type { Kind } from "../kind";

/** `sandstack:index:Owner`: an id that everything of one host declaration bears. */
export const owner: Kind = {
  outputs: [],
  check: () => Promise.resolve(),
  diff: () => ({ changes: [] }),
  create: () => Promise.resolve({ id: newOwner(), outputs: {} }),
  read: () => Promise.resolve({}),
  /** The last of its host to go: what the ledger still knows of it goes with it. */
  async remove({ id }) {
    const { forgetOwner } = await import("../../tiers/index.js");
    await forgetOwner(id);
  },
};
