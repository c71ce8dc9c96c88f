import { parseUrn, type Step } from "../../engine";
import { oneLine } from "../../model/visible";
import type { Style } from "../style";
import { lookOf } from "./ops";
import { propertyLines } from "./properties";
import type { Row, Rows } from "./rows";
import { whyOf } from "./why";

/** How rows are shown. */
export interface RowStyle {
  dryRun: boolean;
  /** With the properties that change. */
  diff: boolean;
  style: (style: Style, text: string) => string;
}

/** `sandstack:index:Lease` as `sandstack:Lease`: the module that every package has says nothing. */
export function shortType(type: string): string {
  return type.replace(/^([^:]+):index:/, "$1:");
}

/** `created 1.2s`; at a preview `create`. */
export function statusOf({ step, status, ms, startedAt }: Row, dryRun: boolean, now: number): string {
  const { doing, done, would } = lookOf(step);
  if (status === "failed") return `${dryRun ? would : doing} failed`;
  if (dryRun) return step.op === "refresh" ? (status === "running" ? doing : done) : would;
  if (status === "running") return `${doing} ${seconds(now - startedAt)}`;
  return step.op === "same" || step.op === "refresh" ? done : `${done} ${seconds(ms)}`;
}

export function seconds(ms: number): string {
  return ms < 9_950 ? `${(ms / 1000).toFixed(1)}s` : `${Math.round(ms / 1000)}s`;
}

/** What stands below a row: why it is done, what was said of it, how far it is, which properties change. */
export function detailLines(row: Row, { diff, style }: RowStyle): string[] {
  const why = row.told.length > 0 ? row.told : [whyOf(row.step)].filter((line) => line !== undefined);
  const said = row.progress === undefined ? why : [...why, row.progress];
  return [...said.map((why) => style("dim", why)), ...(diff ? propertyLines(row.step, style) : [])];
}

/** The columns of a row, before they are lined up. */
export function columnsOf(row: Row, branch: string, dryRun: boolean, now: number) {
  const { step } = row;
  const { glyph, style } = lookOf(step);
  return {
    glyph,
    style,
    type: branch + oneLine(shortType(step.type)),
    name: oneLine(step.name),
    status: statusOf(row, dryRun, now),
  };
}

/** What was said of resources that have no row, a line each. */
export function unplacedLines(rows: Rows): string[] {
  return rows.unplaced().map(({ urn, message }) => `${nameOf(parseUrn(urn))}: ${message}\n`);
}

/** A resource in a plain line. */
export function nameOf({ type, name }: Pick<Step, "type" | "name">): string {
  return oneLine(`${shortType(type)} ${name}`);
}
