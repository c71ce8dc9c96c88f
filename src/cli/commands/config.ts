import type { Command } from "commander";
import { fullKey, resolveConfig, StackFile } from "../../engine";
import { invalidOption, SandstackError } from "../../model/error";
import { JSON_OPTION, printJson } from "../options/json";
import { STACK_OPTION } from "../options/stack";
import { findTarget, openTarget } from "../stack/open";
import { readValue } from "../stack/read-value";
import { formatTable } from "../table";

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

interface Values {
  stack?: string;
  secret?: boolean;
  json?: boolean;
}

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
    .action(async (key: string, value: string | undefined, { secret, ...values }: Values) => {
      if (secret && value !== undefined) throw secretInArguments(key);
      const target = findTarget(values);
      const full = checkedKey(key, target.project.name);
      if (!secret) {
        const file = new StackFile(target.project, target.stack);
        file.set(full, value ?? (await readValue(`${full}: `)));
        return file.save();
      }
      const { file, crypter } = await openTarget(target);
      file.salt = crypter.state;
      file.set(full, { secure: crypter.encrypt(await readValue(`${full}: `, { hidden: true })) });
      file.save();
    });
}

function defineGet(command: Command): void {
  command
    .description("Print a value of the stack's config, or all of them.")
    .argument("[key]", "name, or package:name")
    .option(...STACK_OPTION)
    .option(...JSON_OPTION)
    .addHelpText("after", GET_EXAMPLES)
    .action(async (key: string | undefined, { json, ...values }: Values) => {
      const target = findTarget(values);
      const { project } = target;
      if (key === undefined) {
        // What is secret is not shown: no passphrase is needed.
        const own = new StackFile(project, target.stack).config();
        const config = resolveConfig(own, project.config, project.name, () => "[secret]").values;
        if (json) return printJson(config);
        process.stdout.write(formatTable(["KEY", "VALUE"], Object.entries(config)));
        return;
      }
      const { file, crypter } = await openTarget(target);
      const config = resolveConfig(file.config(), project.config, project.name, (text) => crypter.decrypt(text));
      const value = config.values[fullKey(key, project.name)];
      if (value === undefined) throw notSet(key, target.stack);
      if (json) printJson(value);
      else process.stdout.write(`${value}\n`);
    });
}

function defineRemove(command: Command): void {
  command
    .description("Remove a value from the stack's Pulumi.<stack>.yaml.")
    .argument("<key>", "name, or package:name")
    .option(...STACK_OPTION)
    .addHelpText("after", "\nExamples:\n  sandstack config rm tier\n")
    .action((key: string, values: Values) => {
      const { project, stack } = findTarget(values);
      const file = new StackFile(project, stack);
      const names = [key, fullKey(key, project.name)];
      if (!names.map((name) => file.remove(name)).includes(true)) throw notSet(key, stack);
      file.save();
    });
}

function checkedKey(key: string, project: string): string {
  if (/^([\w.-]+:)?[\w.-]+$/.test(key)) return fullKey(key, project);
  throw invalidOption("key", key, "name or package:name, of letters, digits, hyphens, underscores and dots");
}

function notSet(key: string, stack: string): SandstackError {
  return new SandstackError("NOT_FOUND", `config: ${JSON.stringify(key)} is not set in stack ${stack}.`, {
    hint: "sandstack config get shows what is set.",
  });
}

/** The value is not repeated. */
function secretInArguments(key: string): SandstackError {
  return new SandstackError(
    "INVALID_OPTION",
    `--secret: the value of ${JSON.stringify(key)} stands in the arguments.`,
    {
      hint: `Every process of this machine can read those. Leave it out, and it is asked for; or: sandstack config set --secret ${key} < FILE`,
    },
  );
}
