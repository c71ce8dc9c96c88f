import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { markEnding, readEnded, readKeeper } from "../ledger/entry";
import type { LocalIntent } from "../ledger/intent";
import { isAlive, signal, stateOf } from "../system/process";
import { sweep } from "./sweep";

/** What a keeper may take to end its sandbox in order. */
const PATIENCE_MS = 3_000;

/** As removeSandbox, of one that a keeper holds. */
export async function removeLocal(intent: LocalIntent): Promise<void> {
  if (isGone(intent)) return;
  // Its keeper takes a moment, and who asked may be killed meanwhile: nobody takes it for one that goes on running.
  markEnding(intent.spec.id);
  if (await endInOrder(intent)) return;
  await endByForce(intent);
}

/** For a sandbox that is not to end in order: no patience, also with a keeper that is stopped. */
export async function endByForce(intent: LocalIntent): Promise<void> {
  const keeper = readKeeper(intent.spec.id);
  if (keeper) {
    signal(keeper, "SIGKILL");
    while (isAlive(keeper)) await sleep(1);
  }
  await sweep(intent);
}

/** The ended record comes before the socket goes: a socket that was not yet there is no end. */
function isGone({ spec, claims }: LocalIntent): boolean {
  return !existsSync(claims.socket) && readEnded(spec.id) !== undefined;
}

async function endInOrder(intent: LocalIntent): Promise<boolean> {
  const keeper = readKeeper(intent.spec.id);
  if (keeper === undefined) return false;
  signal(keeper, "SIGTERM");
  const until = Date.now() + PATIENCE_MS;
  for (let pause = 1; Date.now() < until; pause = Math.min(pause * 1.5, 20)) {
    if (isGone(intent)) return true;
    const state = stateOf(keeper);
    // It hears nothing: dead, or stopped.
    if (state === undefined || state === "T") return isGone(intent);
    await sleep(pause);
  }
  return false;
}
