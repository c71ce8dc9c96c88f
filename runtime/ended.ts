import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SandstackError } from "../src/model/error";
import type { Connection, DockerAddress, EndedRecord } from "../src/model/tier";

/** How long a keeper that is alive may take to write down how its sandbox ended. */
const PATIENCE_MS = 1_000;

/** What it means that the connection to a sandbox is lost, or was never there. */
export async function explainLoss({ id, address }: Connection, cause: Error | undefined): Promise<SandstackError> {
  if (address.kind === "docker") return explainContainer(id, address, cause);
  const errno = (cause as { code?: unknown } | undefined)?.code;
  if (errno === "EACCES") {
    return new SandstackError("PERMISSION_DENIED", `Sandbox ${id} may not be reached by this user: ${address.path}.`, {
      cause,
      hint: "Its maker says who may: { group } gives its socket to a group.",
    });
  }
  // The socket's path is the last thing that goes, after the ended record is written.
  const until = Date.now() + PATIENCE_MS;
  while (existsSync(address.path) && Date.now() < until) await sleep(5);
  if (!existsSync(address.path) || errno === "ECONNREFUSED") return endedError(id, await readEnded(id), cause);
  return lostError(id, cause);
}

function lostError(id: string, cause: Error | undefined): SandstackError {
  return new SandstackError("INTERNAL", `The connection to sandbox ${id} is lost, though the sandbox is there.`, {
    cause,
    hint: "Sandbox.connect() makes a new connection.",
  });
}

async function explainContainer(id: string, address: DockerAddress, cause: Error | undefined): Promise<SandstackError> {
  const { containerState, lookFor } = await import("../src/tiers/index.js");
  try {
    // Its guest is gone a moment before the engine knows.
    const until = Date.now() + PATIENCE_MS;
    let state = await containerState(address);
    while (state === "running" && Date.now() < until) {
      await sleep(20);
      state = await containerState(address);
    }
    if (state !== "running") return endedError(id, (await lookFor(id).catch(() => undefined))?.ended, cause);
  } catch (error) {
    return SandstackError.from(error);
  }
  return lostError(id, cause);
}

/** What a sandbox that is over answers to everything: when and why it ended, where that is known. */
export function endedError(id: string, ended?: EndedRecord, cause?: unknown): SandstackError {
  const when = ended ? ` at ${new Date(ended.endedAt).toISOString()}: ${describeEnd(ended)}` : "";
  return new SandstackError("ENDED", `Sandbox ${id} has ended${when}.`, { cause });
}

/** How a sandbox ended, for people. */
export function describeEnd({ how, task, exitCode, signal }: EndedRecord): string {
  if (how === "timed out") return "its ttl was over";
  if (how === "killed") return "it was killed";
  if (how === "out of memory") return "its memory limit was reached";
  if (how === "lost") return "it was found dead";
  if (!task) return "it finished";
  return signal === null ? `its task finished with exit code ${exitCode}` : `its task was ended by signal ${signal}`;
}

/** From the ledger, which only root may read. */
async function readEnded(id: string): Promise<EndedRecord | undefined> {
  try {
    const { findSandbox } = await import("../src/tiers/index.js");
    return findSandbox(id)?.ended;
  } catch {
    return undefined;
  }
}
