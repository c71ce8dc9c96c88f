import { listStacks, readState, stackPaths } from "../../engine";
import { formatSpan } from "../span";
import { formatTable } from "../table";
import { findTarget } from "./open";

/** A stack of a project, as far as it can be told without its passphrase. */
export interface ListedStack {
  name: string;
  current: boolean;
  /** `null` where the state can't be read. */
  resourceCount: number | null;
  lastUpdate: string | null;
}

export function stackList(): ListedStack[] {
  const { project, stack } = findTarget({});
  return listStacks(project.backend, project.name).map((name) => {
    const bytes = readState(stackPaths(project.backend, project.name, name));
    return { name, current: name === stack, ...summaryOf(bytes?.toString("utf8") ?? "") };
  });
}

interface StateFile {
  checkpoint?: { latest?: { manifest?: { time?: string }; resources?: unknown[] | null } | null };
}

function summaryOf(text: string): Pick<ListedStack, "lastUpdate" | "resourceCount"> {
  try {
    const { latest } = (JSON.parse(text) as StateFile).checkpoint ?? {};
    return { resourceCount: latest?.resources?.length ?? 0, lastUpdate: latest?.manifest?.time ?? null };
  } catch {
    return { resourceCount: null, lastUpdate: null };
  }
}

/** For people. */
export function stackTable(stacks: readonly ListedStack[], now: number): string {
  const rows = stacks.map(({ name, current, resourceCount, lastUpdate }) => [
    `${name}${current ? "*" : ""}`,
    lastUpdate === null ? "-" : formatSpan(Date.parse(lastUpdate), now),
    resourceCount === null ? "the state can't be read" : String(resourceCount),
  ]);
  return formatTable(["NAME", "LAST UPDATE", "RESOURCES"], rows);
}
