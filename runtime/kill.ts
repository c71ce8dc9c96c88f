import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SandstackError } from "../src/model/error";
import { Verb } from "../src/model/protocol";
import type { Address, Connection } from "../src/model/tier";
import type { GuestClient } from "./guest/client";
import { idOf, type Target } from "./target";

/** More than a keeper that is alive takes. */
const PATIENCE_MS = 5_000;

/**
 * Ends a sandbox and returns when nothing of it is left: as root whatever state it is in, else by asking its guest.
 * @returns false where it had ended already
 * @throws SandstackError TIMEOUT where the guest was asked, and something of it stays
 */
export async function endSandbox(connection: Connection, client: GuestClient): Promise<boolean> {
  if (!(await isThere(connection.address))) return false;
  if (process.getuid?.() === 0 && (await removeAsRoot(connection))) return true;
  try {
    await client.request(Verb.END_SANDBOX);
  } catch (error) {
    if (error instanceof SandstackError && error.code === "ENDED") return false;
    if (!(error instanceof SandstackError && error.code === "ENDING")) throw error;
  }
  await untilGone(connection);
  return true;
}

/** As Sandbox.kill, by the ledger alone; `undefined` without root, or where the ledger does not know it. */
export async function killAsRoot(target: Target): Promise<boolean | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { lookFor, removeSandbox } = await import("../src/tiers/index.js");
  const found = await lookFor(idOf(target));
  if (found === undefined) return undefined;
  await removeSandbox(found.id);
  return found.state !== "ended";
}

/** False where this machine's ledger, or the one that is looked at, does not know it. */
async function removeAsRoot({ tier, id }: Connection): Promise<boolean> {
  const { tierFor } = await import("../src/tiers/index.js");
  const known = await tierFor(tier).find(id);
  if (known) await tierFor(tier).remove(id);
  return known !== undefined;
}

/** Of a sandbox of this machine the socket's path is the last thing that goes. */
async function isThere(address: Address): Promise<boolean> {
  if (address.kind === "unix") return existsSync(address.path);
  const { containerState } = await import("../src/tiers/index.js");
  return (await containerState(address)) === "running";
}

async function untilGone({ id, address }: Connection): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (await isThere(address)) {
    if (Date.now() > until) {
      throw new SandstackError("TIMEOUT", `Sandbox ${id} was told to end, and is still there.`, {
        hint: "As root, `sandstack kill` ends it whatever state it is in.",
      });
    }
    await sleep(5);
  }
  if (address.kind === "unix") return;
  // Nobody is there to clear away a container that this machine's ledger does not know.
  const { removeContainer } = await import("../src/tiers/index.js");
  await removeContainer(address, id);
}
