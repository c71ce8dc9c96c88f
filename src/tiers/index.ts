import { invalidOption } from "../model/error";
import { TIERS, type Tier, type TierName } from "../model/tier";
import { chroot } from "./chroot";
import { docker } from "./docker";
import { nspawn } from "./nspawn";

const BY_NAME: Readonly<Record<TierName, Tier>> = { chroot, nspawn, docker };

/** Every tier that is built, weakest first. */
export const ALL: readonly Tier[] = TIERS.map((name) => BY_NAME[name]);

/** @throws SandstackError INVALID_OPTION for a name that is no tier's */
export function tierFor(name: string): Tier {
  const tier = ALL.find((one) => one.name === name);
  if (tier) return tier;
  throw invalidOption("tier", name, `one of ${TIERS.join(", ")}`);
}

export { findSandbox, getSandbox, listSandboxes, readOutput, type Listing } from "./ledger/record";
export {
  describeSnapshot,
  getSnapshot,
  listSnapshots,
  readSnapshot,
  resolveSnapshot,
  type SnapshotListing,
  type SnapshotRecord,
  type SnapshotSource,
} from "./ledger/snapshot";
export { layersInUse } from "./layers-in-use";
export { forgetHalfMade, forgetOwner, forgetSandbox } from "./forget";
export { changeLimits } from "./limits";
export { lookAtAll, lookFor, lookUp } from "./look";
export { moveDeadline } from "./docker/deadline";
export { removeSandbox } from "./remove";
export { removeSnapshot } from "./remove-snapshot";
export { settled, settledRecord } from "./settle";
export { openCoreHandlerHere } from "./local/core-limit";
export { syncSnapshot } from "./local/sync-snapshot";
export type { GarbageReport } from "./gc";
export {
  adopt,
  collectGarbage,
  containerState,
  findAdopted,
  orphans,
  prepareContainer,
  reach,
  removeContainer,
  removeImage,
  tidyEngine,
} from "./on-demand";
export { groupId } from "./system/group";
export type { Orphans } from "./orphans";
export { ownedAt } from "./docker/owned";
export { owned } from "./owned";
