import { SandstackError } from "../../model/error";
import { TIERS, type SandboxSpec, type TierName } from "../../model/tier";
import type { ProcessIdentity } from "../system/process";

/** What a sandbox takes of this machine: all that its keeper makes or holds, and so all that there is to remove. */
export interface Claims {
  /** Where it is reached. */
  socket: string;
  /** Group of the socket. */
  socketGroup: number;
  /** First of its 65,536 host ids, and the ledger's file that holds them for it. */
  uidBase: number;
  uidSlot: string;
  /** The ledger's name → id link. */
  nameLink?: string;
  /** The tiny root that its guest runs from. */
  guestRoot: string;
  /** `controller:directory` each. */
  cgroups: readonly string[];
  /** Its references on layers of others. */
  layerRefs: readonly string[];
  /** Of systemd-nspawn, where the tier has it. */
  nspawn?: string;
  /** The empty file system that its own is cloned from, where the disk is limited. */
  diskTemplate?: string;
}

/** What is written down before a sandbox is made, so that a crash at any instruction leaves it listed. */
export interface Intent {
  version: 1;
  tier: TierName;
  spec: SandboxSpec;
  claims: Claims;
  /** Who makes it. Dead, and no keeper there: nobody will. */
  creator: ProcessIdentity;
}

/**
 * The intent in a file's text.
 * @throws SandstackError CORRUPT naming the file
 */
export function parseIntent(text: string, file: string): Intent {
  const corrupt = (why: string, cause?: unknown) =>
    new SandstackError("CORRUPT", `${file}: ${why}.`, {
      cause,
      hint: "Look at the file; if nothing of the sandbox runs any more, remove its folder.",
    });
  let value: Partial<Intent> | null;
  try {
    value = JSON.parse(text) as Partial<Intent> | null;
  } catch (cause) {
    throw corrupt("not JSON", cause);
  }
  if (value?.version !== 1) throw corrupt(`version ${String(value?.version)} is not known here, only 1`);
  const { tier, spec, claims, creator } = value;
  if (!TIERS.includes(tier as TierName)) throw corrupt(`tier ${JSON.stringify(tier)} is none of ${TIERS.join(", ")}`);
  const whole =
    typeof spec?.id === "string" &&
    typeof spec.owner === "string" &&
    Number.isFinite(spec.deadline) &&
    Number.isFinite(spec.createdAt) &&
    typeof claims?.socket === "string" &&
    Array.isArray(claims.cgroups) &&
    Number.isInteger(creator?.pid);
  if (!whole) throw corrupt("something of a sandbox's intent is missing");
  return value as Intent;
}
