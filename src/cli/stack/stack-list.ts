import { listStacks, readState, stackPaths } from "../../engine";
import { parseForeignJson } from "../../model/foreign-json";
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
    const summary = summaryOf(name, () => readState(stackPaths(project.backend, project.name, name)));
    return { name, current: name === stack, ...summary };
  });
}

interface StateFile {
  checkpoint?: { latest?: { manifest?: { time?: unknown }; resources?: unknown } | null };
}

function summaryOf(name: string, read: () => Buffer | undefined): Pick<ListedStack, "lastUpdate" | "resourceCount"> {
  try {
    const { latest } = (parseForeignJson(read() ?? Buffer.of(), name) as StateFile).checkpoint ?? {};
    const time = Date.parse(String(latest?.manifest?.time));
    const resources = latest?.resources ?? [];
    return {
      resourceCount: Array.isArray(resources) ? resources.length : null,
      lastUpdate: Number.isNaN(time) ? null : new Date(time).toISOString(),
    };
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
