import type { SandboxRecord } from "../model/tier";
import { formatSpan } from "./span";
import { formatTable } from "./table";

/** A sandbox as `--json` shows it; the names are those of the runtime. */
export function listed({ id, createdAt, deadline, ended, ...record }: SandboxRecord) {
  return {
    sandboxId: id,
    ...record,
    startedAt: new Date(createdAt),
    endAt: new Date(deadline),
    ended: ended && { ...ended, id: undefined, endedAt: new Date(ended.endedAt) },
  };
}

/** What completion and loops in a shell take: one word for each. */
export function shortNames(records: readonly SandboxRecord[]): string {
  return records.map(({ name, id }) => `${name ?? id}\n`).join("");
}

/** For people. */
export function sandboxTable(records: readonly SandboxRecord[], now: number): string {
  const rows = records.map((record) => [record.name ?? "-", record.id, record.tier, record.state, endOf(record, now)]);
  return formatTable(["NAME", "ID", "TIER", "STATE", "ENDS"], rows);
}

function endOf({ state, deadline, ended }: SandboxRecord, now: number): string {
  if (ended) return `${formatSpan(ended.endedAt, now)} (${ended.how})`;
  return state === "dead" ? "when `sandstack gc` runs" : formatSpan(deadline, now);
}
