import type { Command } from "commander";
import { JSON_OPTION } from "../options/json";
import { STACK_OPTION } from "../options/stack";
import type { Context } from "../program";

export interface LockValues {
  stack?: string;
  upgrade?: true | string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  sandstack lock                    # pins what is new in the declaration; what is pinned stays
  sandstack lock --upgrade          # takes what the registries have today
  sandstack lock --upgrade python   # of one image

It builds every image that the stack's program declares and writes sandstack.lock beside Pulumi.yaml: versions and
hashes of all that went in, and each layer's digest. Keep it in version control.
`;

export function define(command: Command, context: Context): void {
  command
    .option(...STACK_OPTION)
    .option("--upgrade [image]", "ask the registries anew, for one image or all")
    .option(...JSON_OPTION)
    .option("--verbose", "say more about errors")
    .addHelpText("after", EXAMPLES)
    .action(async (values: LockValues) => (await import("../stack/lock.js")).lock(values, context));
}
