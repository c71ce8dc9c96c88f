import { setTimeout as sleep } from "node:timers/promises";
import { SandstackError } from "../model/error";
import type { SandboxRecord } from "../model/tier";
import { judge, readRecord, type Judged } from "./ledger/record";
import { isDeclared } from "./ledger/intent";
import { look } from "./look";
import { formatIdentity, ownIdentity } from "./system/process";
import { removeSandbox } from "./remove";

/** More than any start takes. */
const PATIENCE_MS = 65_000;

/**
 * What has become of a sandbox, once nobody is making it any more; `undefined` where the ledger has no entry of it. The
 * end that somebody began is waited for, and finished where nobody does.
 * @throws SandstackError LOCKED where its maker takes too long
 */
export async function settled(id: string): Promise<Judged | undefined> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const judged = judge(id);
    if (judged?.fate === "ending") await removeSandbox(id);
    else if (judged?.fate !== "starting") return judged;
    else if (isLeftByUs(judged)) return { ...judged, fate: "dead" };
    if (Date.now() > until) {
      throw new SandstackError("LOCKED", `Process ${judged.intent?.creator.pid} is making sandbox ${id}.`, {
        hint: "Wait for that process to finish, or end it.",
      });
    }
    await sleep(20);
  }
}

/** A stack takes one step after the other with a sandbox: this process, which asks now, is not making it at the same time. */
function isLeftByUs({ intent }: Judged): boolean {
  return isDeclared(intent) && formatIdentity(intent!.creator) === formatIdentity(ownIdentity());
}

/**
 * As findSandbox, of one that is settled, and has been looked at where it is: what is read is not about to change.
 * @throws SandstackError LOCKED as settled(); NO_ENGINE
 */
export async function settledRecord(id: string): Promise<SandboxRecord | undefined> {
  await settled(id);
  await look(id);
  return readRecord(id);
}
