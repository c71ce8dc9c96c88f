import { visibleJson } from "../../model/visible";

/** Of every command that prints facts: one JSON document on stdout, and nothing else there. */
export const JSON_OPTION = ["--json", "print one JSON document"] as const;

/** What `--json` prints. */
export function printJson(value: unknown): void {
  process.stdout.write(`${visibleJson(JSON.stringify(value, undefined, 2))}\n`);
}

/** An event of a command that prints one a line. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${visibleJson(JSON.stringify(value))}\n`);
}
