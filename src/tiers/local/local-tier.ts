import type { SandboxSpec, Tier } from "../../model/tier";
import { findSandbox } from "../ledger/record";
import { owned } from "../owned";
import { createSandbox, type Making } from "./create";
import { LOCAL_REQUIREMENTS, missingOf, requireAll, type Requirement } from "./preflight";
import { removeSandbox } from "../remove";
import { rollBack, takeSnapshot } from "./snapshot";

/** What a local tier has of its own. */
export interface LocalTier extends Making {
  /** What it needs of the machine besides what all local tiers do. */
  requirements: readonly Requirement[];
  /** Refuses what the tier cannot do, by name. */
  check(spec: SandboxSpec): void;
}

/** A tier of sandboxes on this machine, each held by a keeper. */
export function localTier(own: LocalTier): Tier {
  const requirements = [...LOCAL_REQUIREMENTS, ...own.requirements];
  let ready = false;
  const requireMachine = () => {
    if (!ready) requireAll(requirements);
    ready = true;
  };
  return {
    name: own.tier,
    preflight: () => Promise.resolve(missingOf(requirements)),
    requireMachine,
    async create(spec, how = {}) {
      requireMachine();
      own.check(spec);
      return createSandbox(own, spec, how);
    },
    find(idOrName) {
      const record = findSandbox(idOrName);
      return Promise.resolve(record?.tier === own.tier ? record : undefined);
    },
    snapshot: takeSnapshot,
    rollback: rollBack,
    remove: removeSandbox,
    owned: (owner) => Promise.resolve(owned(owner)),
  };
}
