import { SandstackError } from "../../model/error";
import type { OwnedObject } from "../../model/tier";
import { listEntries, readEnded, readIntent } from "../ledger/entry";
import { isDeclared } from "../ledger/intent";
import { knownHosts } from "./hosts";
import { marksOf } from "../objects/marks";
import { ownedAt, removeObject } from "./owned";

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
  for (const host of knownHosts()) {
    try {
      const objects = await ownedAt(host);
      for (const object of objects) {
        if (isHeld(object.sandbox) || isKept(object) || isStacks(object) || isInUse(object, objects)) continue;
        strays.push({ object, due: isDue(object, Date.now()), remove: () => removeObject(host, object) });
      }
    } catch (error) {
      problems.push(SandstackError.from(error));
    }
  }
  // A volume can't be removed before the container that has it.
  return strays.sort((a, b) => a.object.kind.localeCompare(b.object.kind));
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
function isInUse({ kind, owner }: OwnedObject, objects: readonly OwnedObject[]): boolean {
  if (kind !== "network") return false;
  const isTheirs = (one: { owner: string }) => one.owner === owner;
  return (
    objects.some((one) => one.kind !== "network" && isTheirs(one)) ||
    listEntries().some((id) => isTheirs(marksOf(id, 0)))
  );
}

function isKept({ kind, deadline }: OwnedObject): boolean {
  return kind === "volume" && deadline === undefined;
}

function isDue({ kind, deadline, sandbox, createdAt }: OwnedObject, now: number): boolean {
  if (kind === "network") return now >= createdAt + NETWORK_MS;
  if (deadline !== undefined && now >= deadline + OVERDUE_MS) return true;
  try {
    return readEnded(sandbox) !== undefined;
  } catch {
    return false;
  }
}
