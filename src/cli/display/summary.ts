import type { EngineEvent, OperationKind, PropertyMap } from "../../engine";
import type { Style } from "../style";
import { formatCounts } from "./ops";
import { show } from "./properties";
import { seconds } from "./row-line";

type StyleText = (style: Style, text: string) => string;

const VERBS: Record<OperationKind, string> = {
  preview: "Previewing",
  update: "Updating",
  refresh: "Refreshing",
  destroy: "Destroying",
};

export function formatStart(event: Extract<EngineEvent, { event: "start" }>, style: StyleText): string {
  return style("bold", `${VERBS[event.operation]} ${event.project}/${event.stack}`);
}

/** The stack's outputs, one a line; a text is shown as it is. */
export function formatOutputs(outputs: PropertyMap | undefined, style: StyleText): string {
  const entries = Object.entries(outputs ?? {});
  if (entries.length === 0) return "";
  const width = Math.max(...entries.map(([key]) => key.length));
  const lines = entries.map(([key, value]) => {
    return `    ${key.padEnd(width)}: ${typeof value === "string" ? value : show(value)}\n`;
  });
  return `${style("bold", "Outputs:")}\n${lines.join("")}`;
}

export function formatSummary(
  { changes, ms, result }: Extract<EngineEvent, { event: "summary" }>,
  dryRun: boolean,
  style: StyleText,
): string {
  const ending = result === "succeeded" ? "" : `, ${style("red", result)}`;
  return `${formatCounts(changes, dryRun, style)}\nDuration: ${seconds(ms)}${ending}\n`;
}
