import { existsSync, readFileSync } from "node:fs";
import { SandstackError } from "../../model/error";
import { isSandboxId } from "../../model/id";
import type { Address, Connection, SandboxRecord } from "../../model/tier";
import { isAlive } from "../system/process";
import { ifThere } from "../system/system-error";
import {
  entryAge,
  entryPath,
  hasContainer,
  isEnding,
  listEntries,
  readDeadline,
  readEnded,
  readIntent,
  readKeeper,
} from "./entry";
import { fateOf, type Fate } from "./fate";
import { isLocal, type Intent } from "./intent";
import { resolveName } from "./name";

/** A sandbox as gc sees it. */
export interface Judged {
  id: string;
  fate: Fate;
  /** Missing where its maker died before it had written one. */
  intent?: Intent;
}

/**
 * One entry of the ledger, judged; `undefined` where there is none.
 * @throws SandstackError CORRUPT naming the file
 */
export function judge(id: string): Judged | undefined {
  // What ends a sandbox writes its ended record before it removes the keeper: so read the keeper first.
  const keeper = readKeeper(id);
  const keeperAlive = keeper ? isAlive(keeper) : hasContainer(id) || undefined;
  const intent = readIntent(id);
  const ageMs = entryAge(id);
  if (ageMs === undefined) return undefined;
  const facts = {
    ended: readEnded(id) !== undefined,
    intended: intent !== undefined,
    ending: isEnding(id),
    keeperAlive,
    creatorAlive: intent !== undefined && isAlive(intent.creator),
    // Of an engine nothing can be seen from here: observe() writes down what has ended there.
    reachable: intent !== undefined && (!isLocal(intent) || existsSync(intent.claims.socket)),
    abandoned: intent !== undefined && !isLocal(intent) && isEnding(id),
    ageMs,
    deadline: intent ? readDeadline(intent) : 0,
  };
  return { id, fate: fateOf(facts, Date.now()), intent };
}

export function connectionOf(intent: Intent): Connection {
  const { tier, spec } = intent;
  return { version: 1, tier, id: spec.id, owner: spec.owner, address: addressOf(intent) };
}

function addressOf(intent: Intent): Address {
  if (isLocal(intent)) return { kind: "unix", path: intent.claims.socket };
  return { kind: "docker", host: intent.claims.host, container: intent.claims.container };
}

/** What the ledger says of a sandbox; `undefined` where it has no entry, or only the start of one. */
export function readRecord(id: string): SandboxRecord | undefined {
  const judged = judge(id);
  if (!judged?.intent) return undefined;
  const { intent, fate } = judged;
  const { name, owner, stack, declaredAs, image, createdAt } = intent.spec;
  return {
    id,
    name,
    tier: intent.tier,
    owner,
    stack,
    declaredAs,
    image,
    createdAt,
    deadline: readDeadline(intent),
    state: fate === "dead" || fate === "ended" ? fate : "running",
    connection: connectionOf(intent),
    ended: readEnded(id),
  };
}

export interface Listing {
  sandboxes: SandboxRecord[];
  /** Entries that can't be read, one CORRUPT each. */
  unreadable: SandstackError[];
}

/** Every sandbox of this machine, the ended ones too, oldest first. */
export function listSandboxes(): Listing {
  const listing: Listing = { sandboxes: [], unreadable: [] };
  for (const id of listEntries()) {
    try {
      const record = readRecord(id);
      if (record) listing.sandboxes.push(record);
    } catch (error) {
      listing.unreadable.push(SandstackError.from(error));
    }
  }
  listing.sandboxes.sort((a, b) => a.createdAt - b.createdAt);
  return listing;
}

/** A sandbox by id or name; of several ended ones with the name, the last made. */
export function findSandbox(idOrName: string): SandboxRecord | undefined {
  if (isSandboxId(idOrName)) return readRecord(idOrName);
  const living = resolveName(idOrName);
  if (living !== undefined) return readRecord(living);
  return listSandboxes().sandboxes.findLast((record) => record.name === idOrName);
}

/**
 * As findSandbox.
 * @throws SandstackError NO_SUCH_SANDBOX where there is none
 */
export function getSandbox(idOrName: string): SandboxRecord {
  const record = findSandbox(idOrName);
  if (record) return record;
  throw new SandstackError("NO_SUCH_SANDBOX", `There is no sandbox ${JSON.stringify(idOrName)} on this machine.`, {
    hint: "`sandstack ls` lists the names and ids there are.",
  });
}

/** What a task of the sandbox wrote, at most its last 1 MiB; `undefined` where none is kept. */
export function readOutput(id: string): Buffer | undefined {
  return ifThere(() => readFileSync(entryPath(id, "output")));
}
