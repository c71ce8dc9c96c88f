import type { Command } from "commander";
import type { Snapshot } from "../../../runtime";
import type { SnapshotRecord } from "../../tiers";
import { JSON_OPTION, printJson } from "../options/json";
import { STACK_OF_SANDBOX } from "../options/stack";
import { reportErrors } from "../report";
import { formatSpan } from "../span";
import { formatTable } from "../table";
import { print } from "../output";

const EXAMPLES = `
Examples:
  before=$(sandstack snapshot create agent)
  sandstack rollback agent "$before"
  sandstack run --snapshot "$before" -- ls
`;

const CREATE_EXAMPLES = `
Examples:
  sandstack snapshot create agent
  sandstack snapshot create --keep --description 'all installed' agent
`;

const LIST_EXAMPLES = `
Examples:
  sandstack snapshot ls
  sandstack snapshot ls --json agent
`;

const REMOVE_EXAMPLES = `
Examples:
  sandstack snapshot rm snap-0a1b2c3d4e5f
`;

export function define(command: Command): void {
  command.addHelpText("after", EXAMPLES);
  defineCreate(command.command("create").summary("take a snapshot and print its id"));
  defineList(command.command("ls").summary("list snapshots"));
  defineRemove(command.command("rm").summary("remove snapshots"));
}

interface CreateValues {
  description?: string;
  keep?: boolean;
  stack?: string;
  json?: boolean;
}

function defineCreate(command: Command): void {
  command
    .description("Take a snapshot and print its id. No command is ended; it ends with its sandbox.")
    .argument("<sandbox>", "name, id or connection")
    .option("--description <text>", "for people")
    .option("--keep", "it outlives its sandbox, until `sandstack snapshot rm`")
    .option(...STACK_OF_SANDBOX)
    .option(...JSON_OPTION)
    .addHelpText("after", CREATE_EXAMPLES)
    .action(async (target: string, values: CreateValues) => {
      const { Sandbox } = await import("../../../runtime/index.js");
      const { sandboxNamed } = await import("../stack/declared.js");
      const sandbox = await Sandbox.connect(await sandboxNamed(target, values.stack));
      try {
        const { description, keep, json } = values;
        const snapshot = await sandbox.createSnapshot({ description, keep });
        if (json) printJson(snapshot);
        else print(`${snapshot.id}\n`);
      } finally {
        sandbox.disconnect();
      }
    });
}

function defineList(command: Command): void {
  command
    .description("List the snapshots of this machine, or of one sandbox.")
    .argument("[sandbox]", "name or id")
    .option(...STACK_OF_SANDBOX)
    .option(...JSON_OPTION)
    .addHelpText("after", LIST_EXAMPLES)
    .action(async (target: string | undefined, { json, stack }: { json?: boolean; stack?: string }) => {
      const { getSandbox, listSnapshots } = await import("../../tiers/index.js");
      const { sandboxNamed } = await import("../stack/declared.js");
      const id = target === undefined ? undefined : getSandbox(await sandboxNamed(target, stack)).id;
      const { snapshots, unreadable } = listSnapshots(id);
      if (json) printJson(snapshots.map(snapshotOf));
      else print(snapshotTable(snapshots, Date.now()));
      reportErrors(unreadable);
    });
}

function defineRemove(command: Command): void {
  command
    .description("Remove snapshots, and of their files what nothing else uses.")
    .argument("<snapshot...>", "ids")
    .addHelpText("after", REMOVE_EXAMPLES)
    .action(async (ids: string[]) => {
      const { getSnapshot, removeSnapshot } = await import("../../tiers/index.js");
      for (const id of ids) getSnapshot(id);
      for (const id of ids) await removeSnapshot(id);
    });
}

function snapshotOf({ id, sandbox, createdAt, description, keep }: SnapshotRecord): Snapshot {
  return { id, sandboxId: sandbox, createdAt: new Date(createdAt), description, keep };
}

function snapshotTable(snapshots: readonly SnapshotRecord[], now: number): string {
  const rows = snapshots.map(({ id, sandbox, createdAt, keep, description }) => [
    id,
    sandbox,
    formatSpan(createdAt, now),
    keep ? "yes" : "no",
    description,
  ]);
  return formatTable(["ID", "SANDBOX", "TAKEN", "KEPT", "DESCRIPTION"], rows);
}
