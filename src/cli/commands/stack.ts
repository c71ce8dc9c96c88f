import type { Command } from "commander";
import { JSON_OPTION, printJson } from "../options/json";
import { STACK_OPTION, YES_OPTION } from "../options/stack";
import type { OutputValues } from "../stack/outputs";
import { print } from "../output";

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
      const { initStack } = await import("../stack/manage.js");
      await initStack(stack);
    });
}

function defineList(command: Command): void {
  command
    .description("List the project's stacks. The one with a star is selected.")
    .option(...JSON_OPTION)
    .addHelpText("after", "\nExamples:\n  sandstack stack ls\n  sandstack stack ls --json\n")
    .action(async ({ json }: { json?: boolean }) => {
      const { stackList, stackTable } = await import("../stack/stack-list.js");
      const stacks = stackList();
      if (json) printJson(stacks);
      else print(stackTable(stacks, Date.now()));
    });
}

function defineSelect(command: Command): void {
  command
    .description("Select the stack of the commands that follow, for this project; the Pulumi CLI sees it too.")
    .argument("<name>", "a stack that is there")
    .addHelpText("after", "\nExamples:\n  sandstack stack select demo\n")
    .action(async (stack: string) => {
      const { selectExisting } = await import("../stack/manage.js");
      selectExisting(stack);
    });
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
      const { printStackOutput } = await import("../stack/outputs.js");
      await printStackOutput(name, values);
    });
}

function defineRemove(command: Command): void {
  command
    .description("Forget an empty stack: its state, its history and its Pulumi.<stack>.yaml.")
    .argument("<name>", "a stack that `sandstack destroy` has emptied")
    .option(...YES_OPTION)
    .addHelpText("after", "\nExamples:\n  sandstack stack rm demo\n")
    .action(async (stack: string, { yes }: { yes?: boolean }) => {
      const { forgetStack } = await import("../stack/manage.js");
      await forgetStack(stack, yes);
    });
}
