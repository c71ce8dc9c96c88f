import type { Socket } from "node:net";
import { invalidOption, SandstackError } from "../../model/error";
import { isSandboxId } from "../../model/id";
import type { Created, CreateOptions, LocalTierName, SandboxSpec } from "../../model/tier";
import { release } from "../ledger/claim";
import { openEntry, removeEntry, writeIntent } from "../ledger/entry";
import type { LocalClaims, LocalIntent } from "../ledger/intent";
import { dropRef, refPath, takeRef } from "../ledger/layer";
import { ledgerId } from "../ledger/ledger-id";
import { registerLedger } from "../ledger/ledger-index";
import { checkName, claimName } from "../ledger/name";
import { connectionOf } from "../ledger/record";
import { claimUidRange } from "../ledger/uid-range";
import { groupId } from "../system/group";
import { ownIdentity } from "../system/process";
import { errnoOf, fromSystem } from "../system/system-error";
import { cgroupsFor, cgroupTree } from "./cgroup-tree";
import { diskTemplatePath, ensureDiskTemplate } from "./disk-template";
import { guestRoot } from "./guest-binary";
import { endByForce } from "./remove";
import { ensureRunDir, socketPath } from "./socket-path";
import { slotsInUse } from "./slots-in-use";
import { startKeeper } from "./start-keeper";

/** How one tier's sandboxes differ, as far as making them goes. */
export interface Making {
  tier: LocalTierName;
  /** Files that are shown inside in the place of the image's own: path inside → content. */
  files?(spec: SandboxSpec, uidBase: number): Record<string, string>;
  /** Programs inside can see the sandbox's cgroups. */
  showsCgroups?: boolean;
  /** The launcher's path, where there is one. */
  nspawn?(): string;
}

/**
 * Makes a sandbox, the ledger first. Everything but the keeper is synchronous and without a child process: this is what
 * a user waits for.
 * @throws SandstackError; nothing is left then
 */
export async function createSandbox(making: Making, spec: SandboxSpec, how: CreateOptions): Promise<Created> {
  checkSpec(spec);
  const fixed = { socket: socketPath(spec.id), socketGroup: spec.group === undefined ? 0 : groupId(spec.group) };
  registerLedger();
  open(spec.id);
  const taken: Taken = {};
  let intent: LocalIntent | undefined;
  try {
    if (spec.name !== undefined) taken.nameLink = claimName(spec.name, spec.id);
    Object.assign(taken, claimUidRange(spec.id, slotsInUse));
    intent = intend(making, spec, { ...fixed, ...(taken as Required<Taken>) });
    const socket = await makeFrom(making, intent, how);
    return { connection: connectionOf(intent), socket };
  } catch (thrown) {
    const error = fromSystem(thrown, "making a sandbox");
    // What can't be removed now stays in the ledger, for gc.
    if (await isClean(error, intent)) forget(spec.id, taken, intent);
    throw error;
  }
}

type Taken = Partial<Pick<LocalClaims, "nameLink" | "uidBase" | "uidSlot">>;

function checkSpec({ id, name, owner, limits }: SandboxSpec): void {
  if (!isSandboxId(id)) throw invalidOption("id", id, "an id such as newSandboxId() makes");
  if (name !== undefined) checkName(name);
  // It stands in cgroups' names, between commas.
  if (!/^[A-Za-z0-9:._-]{1,64}$/.test(owner)) throw invalidOption("owner", owner, "up to 64 letters, digits and :._-");
  if (limits.disk !== undefined && limits.disk < 1 << 20) {
    throw invalidOption("limits.disk", limits.disk, "at least 1MiB, or nothing for no limit");
  }
}

function intend(
  making: Making,
  spec: SandboxSpec,
  taken: Omit<LocalClaims, "guestRoot" | "cgroups" | "layerRefs">,
): LocalIntent {
  const { limits } = spec;
  const claims: LocalClaims = {
    ...taken,
    guestRoot: guestRoot(),
    cgroups: cgroupsFor(cgroupTree(), { ...spec, ledger: ledgerId() }, making.showsCgroups),
    layerRefs: (spec.sharedLayers ?? []).map((layer) => refPath(layer, spec.id)),
    nspawn: making.nspawn?.(),
    diskTemplate: limits.disk === undefined ? undefined : diskTemplatePath(limits.disk),
  };
  const intent: LocalIntent = { version: 1, tier: making.tier, spec, claims, creator: ownIdentity() };
  writeIntent(intent);
  return intent;
}

async function makeFrom(
  making: Making,
  intent: LocalIntent,
  { dial = false }: CreateOptions,
): Promise<Socket | undefined> {
  for (const ref of intent.claims.layerRefs) takeRef(ref);
  if (intent.spec.limits.disk !== undefined) await ensureDiskTemplate(intent.spec.limits.disk);
  ensureRunDir();
  const files = making.files?.(intent.spec, intent.claims.uidBase) ?? {};
  return startKeeper(intent, { dial, files });
}

/** Whether nothing of a failed start is left: a keeper that tells its error has cleaned up, one that just died has not. */
async function isClean(error: SandstackError, intent: LocalIntent | undefined): Promise<boolean> {
  if (intent === undefined || error.code !== "START_FAILED") return true;
  return endByForce(intent).then(
    () => true,
    () => false,
  );
}

function forget(id: string, taken: Taken, intent: LocalIntent | undefined): void {
  for (const ref of intent?.claims.layerRefs ?? []) dropRef(ref);
  for (const path of [taken.nameLink, taken.uidSlot]) if (path !== undefined) release(path, id);
  removeEntry(id);
}

function open(id: string): void {
  try {
    openEntry(id);
  } catch (cause) {
    if (errnoOf(cause) !== "EEXIST") throw fromSystem(cause, "making a sandbox");
    throw new SandstackError("EXISTS", `Sandbox ${id} is there already.`, { cause });
  }
}
