import type { EngineEvent, OperationKind, PropertyMap } from "../../engine";
import { present, styleFor } from "../style";
import type { Display } from "./display";
import { LiveRegion } from "./live";
import { CANCELLED_HINT, Errors, formatRemark } from "./messages";
import { unplacedLines } from "./row-line";
import { Rows } from "./rows";
import { formatOutputs, formatStart, formatSummary } from "./summary";
import { treeLines } from "./tree";

/** A tree that is painted as things happen, and stays when it is over. */
export function liveDisplay(out: (text: string) => void, diff: boolean): Display {
  const { stdout } = process;
  const style = styleFor(stdout);
  const rows = new Rows();
  const errors = new Errors();
  let operation: OperationKind = "update";
  let outputs: PropertyMap | undefined;
  let summary = "";
  let region: LiveRegion | undefined;
  const lines = (width?: number) =>
    treeLines(rows, { dryRun: operation === "preview", diff: diff && width === undefined, style }, Date.now(), width);
  const say = (text: string) => (region === undefined ? out(present(`${text}\n`)) : region.say(text));

  const event = (event: EngineEvent) => {
    rows.apply(event, Date.now());
    if (event.event === "start") {
      operation = event.operation;
      say(formatStart(event, style));
      // A column less: some terminals begin a new line in the last one.
      region = new LiveRegion(stdout, out, () => lines((stdout.columns || 80) - 1));
    } else if (event.event === "outputs") outputs = event.outputs;
    else if (event.event === "cancelled") say(`${event.message} ${CANCELLED_HINT} Ctrl-C again ends at once.`);
    else if (event.event === "summary") summary = formatSummary(event, operation === "preview", style);
    else if (event.event === "diagnostic" && event.severity === "error") errors.add(event);
    else if (event.event === "diagnostic" && event.severity !== "debug" && !event.urn) {
      say(formatRemark(event, style));
    }
  };
  return {
    event,
    printed: say,
    end(error) {
      const shown = error === undefined && operation !== "destroy" ? formatOutputs(outputs, style) : "";
      const others = errors.besides(error).map((message) => `${style("red", "sandstack:")} ${message}\n`);
      const tree = lines().map((line) => `${line}\n`);
      region?.end([...tree, ...unplacedLines(rows), ...others, shown, summary].join(""));
    },
  };
}
