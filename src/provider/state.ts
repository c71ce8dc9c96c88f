import type { EndedRecord, SandboxRecord } from "../model/tier";
import { formatDuration } from "../model/ttl";

export const RUNNING = "running";
/** Of a sandbox that the ledger does not know: it was forgotten there, or this is another machine. */
export const GONE = "gone, there is no record of it on this machine";
/** A guest and a keeper that are both late are stopped, and their sandbox is over. */
const OVERDUE_MS = 5_000;

/** What has become of a sandbox, for people; anything but RUNNING is an end. */
export function stateOf(record: SandboxRecord | undefined, now: number): string {
  if (record === undefined) return GONE;
  if (record.ended) return endOf(record, record.ended);
  if (record.state === "dead") return "killed, its keeper is dead";
  return now > record.deadline + OVERDUE_MS ? `overdue since ${timeOf(record.deadline)}` : RUNNING;
}

function endOf({ createdAt, deadline }: SandboxRecord, { how, endedAt, exitCode, signal, task }: EndedRecord): string {
  const at = timeOf(endedAt);
  if (how === "timed out")
    return `ended ${at}, ttl ${formatDuration(Math.round((deadline - createdAt) / 1000) * 1000)}`;
  if (how === "killed") return `killed ${at}`;
  if (how === "out of memory") return `ended ${at}, out of memory`;
  if (how === "lost") return `found dead ${at}`;
  if (!task) return `ended ${at}`;
  return signal === null ? `finished ${at}, exit code ${exitCode}` : `finished ${at}, signal ${signal}`;
}

/** `14:05`, in the machine's own time. */
function timeOf(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}
