import type { StepOp } from "../../engine";
import type { Style } from "../style";

/** How a kind of step is shown. */
export interface Look {
  glyph: string;
  style: Style;
  /** `creating 2s`, `created 2s`; at a preview `create`. */
  doing: string;
  done: string;
  would: string;
}

/** Both halves of a replacement are one to people. */
export const LOOKS: Record<StepOp, Look> = {
  same: { glyph: "", style: "dim", doing: "looking", done: "unchanged", would: "unchanged" },
  create: { glyph: "+", style: "green", doing: "creating", done: "created", would: "create" },
  update: { glyph: "~", style: "yellow", doing: "updating", done: "updated", would: "update" },
  replace: { glyph: "+-", style: "yellow", doing: "replacing", done: "replaced", would: "replace" },
  "create-replacement": { glyph: "+-", style: "yellow", doing: "replacing", done: "replaced", would: "replace" },
  "delete-replaced": { glyph: "+-", style: "yellow", doing: "deleting the old", done: "replaced", would: "replace" },
  delete: { glyph: "-", style: "red", doing: "deleting", done: "deleted", would: "delete" },
  read: { glyph: ">", style: "dim", doing: "reading", done: "read", would: "read" },
  refresh: { glyph: "=", style: "dim", doing: "refreshing", done: "unchanged", would: "unchanged" },
  discard: { glyph: "-", style: "red", doing: "forgetting", done: "forgotten", would: "forget" },
};

/** What a refresh has found is shown as what would have made the same difference. */
export function lookOf({ op, found }: { op: StepOp; found?: "same" | "update" | "delete" }): Look {
  if (op !== "refresh" || found === undefined || found === "same") return LOOKS[op];
  return found === "update" ? LOOKS.update : { ...LOOKS.delete, done: "gone" };
}

/** In the order in which they are counted. */
const COUNTED: readonly StepOp[] = ["create", "update", "create-replacement", "delete", "discard", "read"];

/** `Resources: + 3 created, ~ 1 updated, 2 unchanged`; at a preview `+ 3 to create`. */
export function formatCounts(
  changes: Record<string, number>,
  dryRun: boolean,
  style: (style: Style, text: string) => string,
): string {
  const parts = COUNTED.flatMap((op) => {
    const count = changes[op] ?? 0;
    const { glyph, style: colour, done, would } = LOOKS[op];
    return count === 0 ? [] : style(colour, `${glyph} ${count} ${dryRun ? `to ${would}` : done}`);
  });
  const unchanged = changes["same"] ?? 0;
  if (unchanged > 0) parts.push(`${unchanged} unchanged`);
  return `Resources: ${parts.length === 0 ? "none" : parts.join(", ")}`;
}
