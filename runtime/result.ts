import { isUtf8 } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import { SandstackError } from "../src/model/error";
import type { EndedRecord } from "../src/model/tier";
import { throwIfAborted } from "./abort";

/** How a sandbox ended, and what its task wrote. */
export interface SandboxResult {
  sandboxId: string;
  how: EndedRecord["how"];
  /** The task's; `null` where a signal ended it, or there was none. */
  exitCode: number | null;
  /** The number of the signal that ended the task. */
  signal: number | null;
  endedAt: Date;
  /** The task wrote bytes that are no UTF-8, for which U+FFFD stands in `output`; `sandstack logs` prints them as they are. */
  replaced: boolean;
  /** The last 1 MiB of what the task wrote, stdout and stderr in their order, decoded as UTF-8. */
  output: string;
  /** Bytes that were written before that. */
  droppedBytes: number;
}

const POLL_MS = 50;

/**
 * Waits until a sandbox has ended, and tells how. It outlives the sandbox, and is read from the ledger: as root.
 * @throws SandstackError NO_SUCH_SANDBOX; ENDED where it is dead and nobody has seen how; ABORTED
 */
export async function waitForResult(idOrName: string, signal: AbortSignal | undefined): Promise<SandboxResult> {
  const { getSandbox, lookUp, readOutput } = await import("../src/tiers/index.js");
  const { id } = getSandbox(idOrName);
  for (;;) {
    throwIfAborted("Sandbox.result()", signal);
    const { ended, state } = await lookUp(id);
    if (ended) {
      const { how, exitCode, signal: by, endedAt, outputDropped: droppedBytes } = ended;
      const bytes = readOutput(id) ?? Buffer.alloc(0);
      const text = { output: bytes.toString("utf8"), replaced: !isUtf8(bytes) };
      return { sandboxId: id, how, exitCode, signal: by, endedAt: new Date(endedAt), ...text, droppedBytes };
    }
    if (state === "dead") throw dead(id);
    await sleep(POLL_MS);
  }
}

function dead(id: string): SandstackError {
  return new SandstackError("ENDED", `Sandbox ${id} was found dead.`, {
    hint: "`sandstack gc` removes what is left of it.",
  });
}
