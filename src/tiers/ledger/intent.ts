import { SandstackError } from "../../model/error";
import { LOCAL_TIERS, TIERS, type LocalTierName, type SandboxSpec, type TierName } from "../../model/tier";
import type { ProcessIdentity } from "../system/process";

/** What a local sandbox takes of this machine: all that its keeper makes or holds, and so all that there is to remove. */
export interface LocalClaims {
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

/** What a sandbox takes of an engine. */
export interface DockerClaims {
  /** Of the engine. */
  host: string;
  /** Names. */
  container: string;
  volumes: readonly string[];
  /** The ledger's name → id link. */
  nameLink?: string;
  /** A stack declares its container and volumes, and removes them; here they are only ended. */
  declared?: true;
}

interface IntentOf<Tier extends TierName, Claims> {
  version: 1;
  tier: Tier;
  spec: SandboxSpec;
  claims: Claims;
  /** Who makes it. Dead, and nobody there who holds the sandbox: nobody will. */
  creator: ProcessIdentity;
}

export type LocalIntent = IntentOf<LocalTierName, LocalClaims>;
export type DockerIntent = IntentOf<"docker", DockerClaims>;

/** What is written down before a sandbox is made, so that a crash at any instruction leaves it listed. */
export type Intent = LocalIntent | DockerIntent;

export function isLocal(intent: Intent): intent is LocalIntent {
  return LOCAL_TIERS.includes(intent.tier as LocalTierName);
}

/** Whether a stack has what its sandbox is made of, so that it stays at the engine when it has ended. */
export function isDeclared(intent: Intent | undefined): boolean {
  return intent !== undefined && !isLocal(intent) && intent.claims.declared === true;
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
    (tier === "docker" ? isDockerClaims(claims) : isLocalClaims(claims)) &&
    Number.isInteger(creator?.pid);
  if (!whole) throw corrupt("something of a sandbox's intent is missing");
  return value as Intent;
}

function isLocalClaims(claims: unknown): boolean {
  const { socket, cgroups } = (claims ?? {}) as Partial<LocalClaims>;
  return typeof socket === "string" && Array.isArray(cgroups);
}

function isDockerClaims(claims: unknown): boolean {
  const { host, container, volumes } = (claims ?? {}) as Partial<DockerClaims>;
  return typeof host === "string" && typeof container === "string" && Array.isArray(volumes);
}
