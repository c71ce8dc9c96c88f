import type { Command } from "commander";
import { listed, sandboxTable, shortNames } from "../listing";
import { JSON_OPTION, printJson } from "../options/json";
import { reportErrors } from "../report";
import { print } from "../output";

interface Values {
  all?: boolean;
  json?: boolean;
  quiet?: boolean;
}

const EXAMPLES = `
Examples:
  sandstack ls
  sandstack ls --all --json
  sandstack kill $(sandstack ls --quiet)
`;

export function define(command: Command): void {
  command
    .option("--all", "also those that have ended")
    .option("--quiet", "names alone; the id of what has none")
    .option(...JSON_OPTION)
    .addHelpText("after", EXAMPLES)
    .action(async ({ all, json, quiet }: Values) => {
      const { lookAtAll } = await import("../../tiers/index.js");
      const { sandboxes, unreadable } = await lookAtAll();
      const { declaredSandboxes } = await import("../stack/declared.js");
      const names = declaredSandboxes();
      const shown = sandboxes
        .filter(({ state }) => all || state !== "ended")
        .map((sandbox) => ({ ...sandbox, declaredAs: sandbox.declaredAs ?? names.get(sandbox.id) }));
      if (json) printJson(shown.map(listed));
      else print(quiet ? shortNames(shown, names) : sandboxTable(shown, Date.now()));
      reportErrors(unreadable);
    });
}
