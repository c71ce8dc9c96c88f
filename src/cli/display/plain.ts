import type { EngineEvent, OperationKind, PropertyMap } from "../../engine";
import { styleFor } from "../style";
import type { Display } from "./display";
import { CANCELLED_HINT, Errors, formatRemark } from "./messages";
import { lookOf } from "./ops";
import { PlainProgress } from "./plain-progress";
import { detailLines, nameOf, statusOf, unplacedLines } from "./row-line";
import { Rows } from "./rows";
import { formatOutputs, formatStart, formatSummary } from "./summary";

/**
 * Lines for a file, a pipe or a log of CI: what happens when it has happened, and nothing twice.
 * @param tell takes how far it is meanwhile
 */
export function plainDisplay(out: (text: string) => void, diff: boolean, tell = out): Display {
  const style = styleFor({ isTTY: false });
  const rows = new Rows();
  const errors = new Errors();
  let operation: OperationKind = "update";
  let outputs: PropertyMap | undefined;
  let summary = "";
  const print = (line: string) => out(`${line}\n`);

  const showDone = (urn: string) => {
    const row = rows.get(urn);
    if (row === undefined) return;
    const { op, found } = row.step;
    const told = rows.toldOf(urn);
    if (op === "same" && told === undefined) return;
    if (op === "refresh" && (operation !== "refresh" || found === "same")) return;
    // A replacement is told when it is made; its end only says that the old one is gone.
    if (op === "delete-replaced") return;
    const { glyph } = lookOf(row.step);
    print(`${glyph.padStart(2)} ${nameOf(row.step)} ${statusOf(row, operation === "preview", Date.now())}`);
    for (const line of detailLines(row, { dryRun: operation === "preview", diff, style })) print(`     ${line}`);
  };

  const progress = new PlainProgress(rows, (line) => tell(`${line}\n`));

  const event = (event: EngineEvent) => {
    rows.apply(event, Date.now());
    if (event.event === "start") {
      operation = event.operation;
      print(formatStart(event, style));
    } else if (event.event === "step-done" || event.event === "step-failed") showDone(event.step.urn);
    else if (event.event === "progress") progress.report(event.urn, event.message);
    else if (event.event === "outputs") outputs = event.outputs;
    else if (event.event === "cancelled") print(`${event.message} ${CANCELLED_HINT}`);
    else if (event.event === "summary") summary = formatSummary(event, operation === "preview", style);
    else if (event.event === "diagnostic" && event.severity === "error") errors.add(event);
    else if (event.event === "diagnostic" && event.severity !== "debug") {
      // What is said of a resource before its step comes with it.
      const row = rows.get(event.urn ?? "");
      if (row?.status === "done" && row.step.op !== "refresh")
        print(`${nameOf(row.step)}: ${formatRemark(event, style)}`);
      else if (!event.urn) print(formatRemark(event, style));
    }
  };
  return {
    event,
    printed: print,
    end(error) {
      progress.end();
      out(unplacedLines(rows).join(""));
      for (const message of errors.besides(error)) print(`sandstack: ${message}`);
      if (error === undefined && operation !== "destroy") out(formatOutputs(outputs, style));
      out(summary);
    },
  };
}
