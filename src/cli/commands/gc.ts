import type { Command } from "commander";
import { SandstackError } from "../../model/error";
import type { OwnedObject } from "../../model/tier";
import { JSON_OPTION, printJson } from "../options/json";
import { reportErrors } from "../report";
import { formatTable } from "../table";
import { print } from "../output";

interface Values {
  dryRun?: boolean;
  orphans?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  sandstack gc --dry-run
  sandstack gc              # safe at any time, also from a timer: what is not overdue is left alone
  sandstack gc --orphans    # where records and machine disagree, both ways
`;

export function define(command: Command): void {
  command
    .option("--dry-run", "say what would be removed, and remove nothing")
    .option("--orphans", "list objects without a record and records without a sandbox, and remove nothing")
    .option(...JSON_OPTION)
    .addHelpText("after", EXAMPLES)
    .action((values: Values) => (values.orphans ? listOrphans(values) : collect(values)));
}

async function collect({ dryRun = false, json }: Values): Promise<void> {
  const [{ collectGarbage }, { cleanImageBuilds }] = await Promise.all([
    import("../../tiers/index.js"),
    import("../../images/index.js"),
  ]);
  const { removed, problems } = await collectGarbage({ dryRun });
  const imageBuilds = await cleanImageBuilds({ dryRun });
  if (json) printJson({ dryRun, removed, imageBuilds, problems: problems.map(problemOf) });
  else {
    const rows = [...removed.map(rowOf), ...imageBuilds.map((where) => ["image build", where, "-", "-"])];
    printList(rows, dryRun ? "would be removed" : "removed", "There is nothing to remove.");
  }
  reportErrors(problems);
}

async function listOrphans({ json }: Values): Promise<void> {
  const { orphans } = await import("../../tiers/index.js");
  const { objectsWithoutRecord, recordsWithoutSandbox, unreadable } = await orphans();
  if (json) printJson({ objectsWithoutRecord, recordsWithoutSandbox, problems: unreadable.map(problemOf) });
  else {
    const rows = [
      ...objectsWithoutRecord.map((object) => [...rowOf(object), "object without record"]),
      ...recordsWithoutSandbox.map(({ id, owner }) => ["record", id, id, owner, "record without sandbox"]),
    ];
    printList(rows, "orphans", "There are no orphans.", ["WHY"]);
  }
  reportErrors(unreadable);
}

function rowOf({ kind, where, sandbox, owner }: OwnedObject): string[] {
  return [kind, where, sandbox, owner];
}

function printList(rows: string[][], what: string, none: string, more: string[] = []): void {
  if (rows.length === 0) print(`${none}\n`);
  else print(formatTable(["KIND", "WHERE", "SANDBOX", "OWNER", ...more], rows) + `${rows.length} ${what}\n`);
}

function problemOf({ code, message, hint }: SandstackError) {
  return { code, message, hint };
}
