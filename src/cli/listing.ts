import type { SandboxRecord } from "../model/tier";
import { formatSpan } from "./span";
import { formatTable } from "./table";

/** A sandbox as `--json` shows it; the names are those of the runtime. */
export function listed({ id, name, declaredAs, createdAt, deadline, ended, ...record }: SandboxRecord) {
  return {
    sandboxId: id,
    name: name ?? declaredAs,
    ...record,
    startedAt: new Date(createdAt),
    endAt: new Date(deadline),
    ended: ended && { ...ended, id: undefined, endedAt: new Date(ended.endedAt) },
  };
}

/**
 * Names for completion and loops in a shell: one word for each, which leads back to it.
 * @param declared what the stack that we stand in calls its sandboxes; other stacks may call others the same
 */
export function shortNames(records: readonly SandboxRecord[], declared: ReadonlyMap<string, string>): string {
  return records.map(({ name, id }) => `${name ?? wordOf(declared.get(id)) ?? id}\n`).join("");
}

/** A program may call a resource anything. */
function wordOf(name: string | undefined): string | undefined {
  return name !== undefined && /^\w[\w.-]*$/.test(name) ? name : undefined;
}

/** For people. */
export function sandboxTable(records: readonly SandboxRecord[], now: number): string {
  const hasStack = records.some(({ stack }) => stack !== undefined);
  const rows = records.map((record) => {
    const { name, declaredAs, id, stack, tier, state } = record;
    const place = hasStack ? [stack ?? "-"] : [];
    return [name ?? declaredAs ?? "-", id, tier, state, endOf(record, now), ...place];
  });
  return formatTable(["NAME", "ID", "TIER", "STATE", "ENDS", ...(hasStack ? ["STACK"] : [])], rows);
}

function endOf({ state, deadline, ended }: SandboxRecord, now: number): string {
  if (ended) return `${formatSpan(ended.endedAt, now)} (${ended.how})`;
  return state === "dead" ? "when `sandstack gc` runs" : formatSpan(deadline, now);
}
