import { cpus, loadavg, release, totalmem } from "node:os";
import type { Row } from "./row";

/** What the numbers were taken on. They mean little on another machine; the ratios mean more. */
export function describeMachine(): Record<string, string | number> {
  return {
    processor: cpus()[0]?.model ?? "unknown",
    processors: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    load: loadavg()[0]?.toFixed(2) ?? "",
  };
}

export function formatTable(rows: readonly Row[]): string {
  const head = ["what", "n", "min ms", "median ms", "against", "ratio", "goal", ""];
  const body = rows.map((row) => [
    row.what,
    String(row.timing.n),
    row.timing.min.toFixed(2),
    row.timing.median.toFixed(2),
    row.peer ?? "",
    row.ratio?.toFixed(2) ?? "",
    row.goal === undefined ? "" : `≤ ${row.goal}`,
    row.met === undefined ? "" : row.met ? "met" : "MISSED",
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((line) => (line[column] as string).length)));
  const format = (line: string[]) =>
    line
      .map((cell, column) => pad(cell, column, widths))
      .join("  ")
      .trimEnd();
  return [head, ...body].map(format).join("\n");
}

function pad(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] as number;
  return /^[\d.]+$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}
