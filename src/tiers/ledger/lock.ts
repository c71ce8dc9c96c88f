import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SandstackError } from "../../model/error";
import { stateDir } from "../../model/state-dir";
import { formatIdentity, isAlive, ownIdentity, parseIdentity } from "../system/process";
import { errnoOf, fromSystem, ifThere } from "../system/system-error";

/** How long somebody else may take; what is under the lock takes far less. */
const PATIENCE_MS = 5_000;

/**
 * Runs `body` while no other process of this machine runs one under the same name. The lock is a file that says whose
 * it is (pid and start time), so that one whose holder died is seen at once.
 * @throws SandstackError LOCKED naming the holder, when it does not finish in time
 */
export async function withLock<T>(name: string, body: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const path = join(stateDir(), `${name}.lock`);
  const until = Date.now() + patienceMs;
  while (!tryLock(path)) {
    if (Date.now() > until) {
      const holder = ifThere(() => readFileSync(path, "utf8"))?.split(" ")[0];
      throw new SandstackError("LOCKED", `Process ${holder ?? "(just gone)"} holds the lock ${path}.`, {
        hint: "Wait for that process to finish, or end it.",
      });
    }
    await sleep(20);
  }
  try {
    return await body();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryLock(path: string): boolean {
  const mine = `${path}.${process.pid}`;
  try {
    writeFileSync(mine, formatIdentity(ownIdentity()));
    // Unlike an open with O_EXCL, a link appears with its content.
    linkSync(mine, path);
    return true;
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw fromSystem(error, "taking a lock");
    removeStale(path);
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Two who find the same stale lock must not remove the new one of whoever was faster: so look again at what was moved away. */
function removeStale(path: string): void {
  const content = ifThere(() => readFileSync(path, "utf8"));
  if (content === undefined || isHeld(content)) return;
  const moved = `${path}.${process.pid}.stale`;
  ifThere(() => renameSync(path, moved));
  const taken = ifThere(() => readFileSync(moved, "utf8"));
  if (taken !== undefined && isHeld(taken)) linkSync(moved, path);
  rmSync(moved, { force: true });
}

function isHeld(content: string): boolean {
  const holder = parseIdentity(content);
  return holder !== undefined && isAlive(holder);
}
