import type { Command } from "commander";
import { createStack, listStacks, removeStack } from "../../engine";
import { SandstackError } from "../../model/error";
import { JSON_OPTION, printJson } from "../options/json";
import { STACK_OPTION, YES_OPTION } from "../options/stack";
import { confirm } from "../stack/ask";
import { findTarget, noSuchStack, openExisting } from "../stack/open";
import { passphraseFor } from "../stack/passphrase";
import { findProject } from "../stack/project";
import { selectStack } from "../stack/selection";
import { outputsOf, printOutput, printOutputs } from "../stack/outputs";
import { stackList, stackTable } from "../stack/stack-list";

const EXAMPLES = `
Examples:
  sandstack stack ls
  sandstack stack init demo
  SANDBOX=$(sandstack stack output sandbox) node my-agent.js
`;

const OUTPUT_EXAMPLES = `
Examples:
  sandstack stack output
  sandstack stack output sandbox
  sandstack stack output --json --show-secrets
`;

export function define(command: Command): void {
  command.addHelpText("after", EXAMPLES);
  defineInit(command.command("init").summary("make an empty stack and select it"));
  defineList(command.command("ls").summary("list the project's stacks"));
  defineSelect(command.command("select").summary("select the stack of the commands that follow"));
  defineOutput(command.command("output").summary("print what the stack gives"));
  defineRemove(command.command("rm").summary("forget an empty stack"));
}

function defineInit(command: Command): void {
  command
    .description("Make an empty stack and select it.")
    .argument("<name>", "letters, digits, hyphens, underscores and dots")
    .addHelpText("after", "\nExamples:\n  sandstack stack init demo\n")
    .action(async (stack: string) => {
      const project = findProject();
      await createStack(project, stack, await passphraseFor(project, stack));
      selectStack(project, stack);
    });
}

function defineList(command: Command): void {
  command
    .description("List the project's stacks. The one with a star is selected.")
    .option(...JSON_OPTION)
    .addHelpText("after", "\nExamples:\n  sandstack stack ls\n  sandstack stack ls --json\n")
    .action(({ json }: { json?: boolean }) => {
      const stacks = stackList(findTarget({}));
      if (json) printJson(stacks);
      else process.stdout.write(stackTable(stacks, Date.now()));
    });
}

function defineSelect(command: Command): void {
  command
    .description("Select the stack of the commands that follow, for this project; the Pulumi CLI sees it too.")
    .argument("<name>", "a stack that is there")
    .addHelpText("after", "\nExamples:\n  sandstack stack select demo\n")
    .action((stack: string) => {
      const project = findProject();
      if (!listStacks(project.backend, project.name).includes(stack)) throw noSuchStack({ project, stack });
      selectStack(project, stack);
    });
}

interface OutputValues {
  stack?: string;
  json?: boolean;
  showSecrets?: boolean;
}

function defineOutput(command: Command): void {
  command
    .description("Print one output of the stack, or all of them.")
    .argument("[name]", "of an output")
    .option(...STACK_OPTION)
    .option("--show-secrets", "in clear; else [secret] stands in their place")
    .option(...JSON_OPTION)
    .addHelpText("after", OUTPUT_EXAMPLES)
    .action(async (name: string | undefined, values: OutputValues) => {
      const target = findTarget(values);
      const outputs = outputsOf((await openExisting(target)).snapshot, values.showSecrets);
      if (name === undefined) return values.json ? printJson(outputs) : printOutputs(outputs);
      const value = outputs[name];
      if (value === undefined) throw noSuchOutput(name, target.stack, Object.keys(outputs));
      if (values.json) printJson(value);
      else printOutput(value);
    });
}

function noSuchOutput(name: string, stack: string, names: string[]): SandstackError {
  return new SandstackError("NOT_FOUND", `Stack ${stack} has no output ${JSON.stringify(name)}.`, {
    hint: names.length === 0 ? "It has none. `sandstack up` makes them." : `It has ${names.join(", ")}.`,
  });
}

function defineRemove(command: Command): void {
  command
    .description("Forget an empty stack: its state, its history and its Pulumi.<stack>.yaml.")
    .argument("<name>", "a stack that `sandstack destroy` has emptied")
    .option(...YES_OPTION)
    .addHelpText("after", "\nExamples:\n  sandstack stack rm demo\n")
    .action(async (stack: string, { yes }: { yes?: boolean }) => {
      const project = findProject();
      await confirm(`Forget stack ${stack}, its history and its config?`, yes);
      removeStack(project, stack);
    });
}
