import { SandstackError } from "../../model/error";
import type { OwnedObject } from "../../model/tier";
import { listEntries, readEnded, readIntent } from "../ledger/entry";
import { isDeclared } from "../ledger/intent";
import { knownHosts } from "./hosts";
import { wordAmong } from "../elsewhere";
import { isBelievable, otherLedgers, type Ledger } from "../ledger/ledger-index";
import { hasOwner } from "../ledger/other-ledger";
import { marksOf } from "../objects/marks";
import { machineId } from "../system/machine-id";
import { engineAt } from "./engine";
import { readLeases, type Leases } from "./leases";
import { ownedAt, removeObject, type EngineObject } from "./owned";

/** A guest ends its sandbox at the deadline, and takes its grace. */
const OVERDUE_MS = 5_000;

/** As long as the longest ttl. */
const ABANDONED_MS = 30 * 86_400_000;
/** A network that nobody is on may be of a stack that is just being made. */
const NETWORK_MS = 86_400_000;

/** An object of an engine for which no record of this machine stands. */
export interface EngineStray {
  object: OwnedObject;
  /** It is over: by its own deadline, or by what is written down here of its sandbox. */
  due: boolean;
  remove(): Promise<void>;
}

/**
 * What engines have of sandboxes that this machine does not hold, somebody else's too.
 * @param isHeld whether a sandbox is in the ledger and has not ended
 */
export async function engineStrays(
  isHeld: (sandbox: string) => boolean,
  problems: SandstackError[],
): Promise<EngineStray[]> {
  const strays: EngineStray[] = [];
  const others = otherLedgers();
  for (const host of knownHosts()) {
    try {
      const objects = await ownedAt(host);
      const isOurs = (object: EngineObject) =>
        isHeld(object.sandbox) || isKept(object) || isStacks(object) || isInUse(object, objects, others);
      const left = objects.filter((object) => !isOurs(object) && !isOthers(object, others));
      if (left.length === 0) continue;
      const leases = await readLeases(await engineAt(host));
      const running = new Set(objects.filter((object) => object.running).map(({ sandbox }) => sandbox));
      for (const object of left) {
        const due = isEnded(object) || isDue(object, { leases, running }, Date.now());
        strays.push({ object: plain(object), due, remove: () => removeObject(host, object) });
      }
    } catch (error) {
      problems.push(SandstackError.from(error));
    }
  }
  // A volume can't be removed before the container that has it.
  return strays.sort((a, b) => a.object.kind.localeCompare(b.object.kind));
}

/** Another state directory of this machine has it in its ledger, and its time there is not over. */
function isOthers({ sandbox, machine }: EngineObject, others: readonly Ledger[]): boolean {
  // A state directory that was copied from another machine knows its sandboxes too.
  return (machine === undefined || machine === machineId()) && wordAmong(others, sandbox) === "held";
}

/** A stack declares it, and removes it when it has no more use for it; unless its state was lost. */
function isStacks({ sandbox, deadline }: OwnedObject): boolean {
  if (isAbandoned(deadline, Date.now())) return false;
  try {
    return isDeclared(readIntent(sandbox));
  } catch {
    return false;
  }
}

/** Whether a declared sandbox's time has been over for so long that no stack will ask for what is left of it. */
export function isAbandoned(deadline: number | undefined, now: number): boolean {
  return deadline !== undefined && now >= deadline + ABANDONED_MS;
}

/** A network is its owner's as long as that has anything else there, or here. */
function isInUse({ kind, owner }: OwnedObject, objects: readonly OwnedObject[], others: readonly Ledger[]): boolean {
  if (kind !== "network") return false;
  const isTheirs = (one: { owner: string }) => one.owner === owner;
  return (
    objects.some((one) => one.kind !== "network" && isTheirs(one)) ||
    listEntries().some((id) => isTheirs(marksOf(id, 0))) ||
    others.some((ledger) => isBelievable(ledger) && hasOwner(ledger.path, owner))
  );
}

function isKept({ kind, deadline }: OwnedObject): boolean {
  return kind === "volume" && deadline === undefined;
}

function isEnded({ sandbox }: OwnedObject): boolean {
  try {
    return readEnded(sandbox) !== undefined;
  } catch {
    return false;
  }
}

/** The facts that an engine tells of the sandboxes that it has. */
export interface AtEngine {
  /** The deadlines of record; `undefined` where there is nobody to ask. */
  leases: Leases | undefined;
  /** Sandboxes whose container runs. */
  running: ReadonlySet<string>;
}

/** Whether an object's time is over. Its label has the first deadline alone: one that runs may have been given more. */
export function isDue(
  { kind, deadline, sandbox, createdAt }: OwnedObject,
  { leases, running }: AtEngine,
  now: number,
): boolean {
  if (kind === "network") return now >= createdAt + NETWORK_MS;
  if (leases === undefined && running.has(sandbox)) return false;
  const last = leases?.get(sandbox) ?? deadline;
  return last !== undefined && now >= last + OVERDUE_MS;
}

/** Reduces an object to what every tier tells of its objects. */
function plain({ kind, where, owner, sandbox, createdAt, deadline, ledger }: OwnedObject): OwnedObject {
  return { kind, where, owner, sandbox, createdAt, deadline, ledger };
}
