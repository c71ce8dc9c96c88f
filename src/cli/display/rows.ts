import type { EngineEvent, OperationKind, Step } from "../../engine";

/** One resource on the screen. Both halves of a replacement are one row. */
export interface Row {
  step: Step;
  status: "running" | "done" | "failed";
  /** When the step began. */
  startedAt: number;
  ms: number;
  /** What its provider or the program has said of it. */
  told: string[];
  /** What its provider is at, while it runs. */
  progress?: string;
}

/** What is known of an operation's resources, from its events. */
export class Rows {
  private readonly rows = new Map<string, Row>();
  private operation: OperationKind = "update";
  private readonly early = new Map<string, string[]>();

  apply(event: EngineEvent, now: number): void {
    if (event.event === "start") this.operation = event.operation;
    else if (event.event === "step") this.set(event.step, "running", now, 0);
    else if (event.event === "step-done") this.set(event.step, "done", now, event.ms);
    else if (event.event === "step-failed") this.set(event.step, "failed", now, 0);
    else if (event.event === "progress") this.report(event.urn, event.message);
    else if (event.event === "diagnostic" && event.urn && (event.severity === "info" || event.severity === "warning")) {
      this.tell(event.urn, event.severity === "info" ? event.message : `warning: ${event.message}`);
    }
  }

  get(urn: string): Row | undefined {
    return this.rows.get(urn);
  }

  /** What was said last of a resource, also before its step. */
  toldOf(urn: string): string | undefined {
    return (this.rows.get(urn)?.told ?? this.early.get(urn))?.at(-1);
  }

  /** What was said of resources with which nothing was done: an interrupted create of what is declared no more. */
  unplaced(): { urn: string; message: string }[] {
    const left = [...this.early].filter(([urn]) => !this.rows.has(urn));
    return left.flatMap(([urn, messages]) => messages.map((message) => ({ urn, message })));
  }

  /** As a tree, parents first, each with its branch: `│  ├─ `. Without what nothing was done with. */
  tree(): { row: Row; branch: string }[] {
    const all = [...this.rows.values()];
    const below = new Map<string | undefined, Row[]>();
    for (const row of all) {
      const parent = row.step.parent !== undefined && this.rows.has(row.step.parent) ? row.step.parent : undefined;
      below.set(parent, [...(below.get(parent) ?? []), row]);
    }
    const lines: { row: Row; branch: string }[] = [];
    const visit = (row: Row, first: string, others: string) => {
      lines.push({ row, branch: first });
      const shown = (below.get(row.step.urn) ?? []).filter((child) => this.isShown(child, below));
      shown.forEach((child, index) => {
        const isLast = index === shown.length - 1;
        visit(child, `${others}${isLast ? "└─ " : "├─ "}`, `${others}${isLast ? "   " : "│  "}`);
      });
    };
    for (const root of below.get(undefined) ?? []) if (this.isShown(root, below)) visit(root, "", "");
    return lines;
  }

  private isShown(row: Row, below: ReadonlyMap<string | undefined, Row[]>): boolean {
    const { op, urn, found } = row.step;
    if (row.status !== "done" || row.told.length > 0) return true;
    const isQuiet = op === "same" || (op === "refresh" && (this.operation !== "refresh" || found === "same"));
    return !isQuiet || (below.get(urn) ?? []).some((child) => this.isShown(child, below));
  }

  private set(step: Step, status: Row["status"], now: number, ms: number): void {
    const known = this.rows.get(step.urn);
    const told = known?.told ?? this.early.get(step.urn) ?? [];
    const isReplaced = known?.step.op === "create-replacement" || known?.step.op === "delete-replaced";
    const wasReplaced = isReplaced && step.op === "delete-replaced";
    // The first half says what differs; its time is what people waited for.
    const shown = wasReplaced ? { ...known.step, op: step.op } : step;
    const startedAt = status === "running" ? now : (known?.startedAt ?? now);
    this.rows.set(step.urn, { step: shown, status, startedAt, ms: wasReplaced ? known.ms : ms, told });
  }

  private report(urn: string, message: string): void {
    const row = this.rows.get(urn);
    if (row?.status === "running") row.progress = message;
  }

  private tell(urn: string, message: string): void {
    const row = this.rows.get(urn);
    if (row !== undefined) row.told.push(message);
    else this.early.set(urn, [...(this.early.get(urn) ?? []), message]);
  }
}
