import type { Command } from "commander";
import { JSON_OPTION } from "../options/json";
import { STACK_OPTION } from "../options/stack";
import type { ConfigValues } from "../stack/config";

const EXAMPLES = `
Examples:
  sandstack config set tier chroot
  sandstack config set --secret apiKey < key.txt
  sandstack config get tier
`;

const SET_EXAMPLES = `
Examples:
  sandstack config set ttl 1h
  sandstack config set --secret apiKey             # asks for it
  sandstack config set --secret apiKey < key.txt

A key without a colon is the project's own: tier is sandboxes:tier in a project called sandboxes.
`;

const GET_EXAMPLES = `
Examples:
  sandstack config get             # all; [secret] stands in the place of secrets
  sandstack config get apiKey      # in clear
`;

export function define(command: Command): void {
  command.addHelpText("after", EXAMPLES);
  defineSet(command.command("set").summary("set a value"));
  defineGet(command.command("get").summary("print a value, or all"));
  defineRemove(command.command("rm").summary("remove a value"));
}

function defineSet(command: Command): void {
  command
    .description("Set a value in the stack's Pulumi.<stack>.yaml.")
    .argument("<key>", "name, or package:name")
    .argument("[value]", "without it, it is read from stdin")
    .option("--secret", "encrypt it; the value comes from stdin")
    .option(...STACK_OPTION)
    .addHelpText("after", SET_EXAMPLES)
    .action(async (key: string, value: string | undefined, values: ConfigValues) => {
      const { setConfig } = await import("../stack/config.js");
      await setConfig(key, value, values);
    });
}

function defineGet(command: Command): void {
  command
    .description("Print a value of the stack's config, or all of them.")
    .argument("[key]", "name, or package:name")
    .option(...STACK_OPTION)
    .option(...JSON_OPTION)
    .addHelpText("after", GET_EXAMPLES)
    .action(async (key: string | undefined, values: ConfigValues) => {
      const { printConfig } = await import("../stack/config.js");
      await printConfig(key, values);
    });
}

function defineRemove(command: Command): void {
  command
    .description("Remove a value from the stack's Pulumi.<stack>.yaml.")
    .argument("<key>", "name, or package:name")
    .option(...STACK_OPTION)
    .addHelpText("after", "\nExamples:\n  sandstack config rm tier\n")
    .action(async (key: string, values: ConfigValues) => {
      const { removeConfig } = await import("../stack/config.js");
      removeConfig(key, values);
    });
}
