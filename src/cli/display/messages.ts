import type { EngineEvent } from "../../engine";
import type { Style } from "../style";

type Diagnostic = Extract<EngineEvent, { event: "diagnostic" }>;

/** Errors besides the one that an operation ends with: they are told at its end, where they are read. */
export class Errors {
  private readonly messages: string[] = [];

  add({ message }: Diagnostic): void {
    this.messages.push(message);
  }

  besides(error: Error | undefined): string[] {
    return [...new Set(this.messages)].filter((message) => message !== error?.message);
  }
}

/** A warning or remark that belongs to no resource on the screen. */
export function formatRemark({ severity, message }: Diagnostic, style: (style: Style, text: string) => string): string {
  return severity === "warning" ? `${style("yellow", "warning:")} ${message}` : message;
}

/** What follows when somebody has pressed Ctrl-C. */
export const CANCELLED_HINT =
  "What is under way is ended first; what was done stands in the state. The same command goes on from there.";
