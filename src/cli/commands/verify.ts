import type { Command } from "commander";
import { JSON_OPTION } from "../options/json";
import { STACK_OPTION } from "../options/stack";
import { TLS_OPTION } from "../options/tls";
import type { Context } from "../program";

export interface VerifyValues {
  stack?: string;
  json?: boolean;
  pull?: string;
  tlsVerify?: boolean;
}

const EXAMPLES = `
Examples:
  sandstack verify
  sandstack verify python
  sandstack verify --pull registry.example/team/python:1 python
  sandstack verify --json | jq '.[] | select(.equal | not)'

Each image is made in a store of its own, where nothing was made before; packages that this machine has are taken by
their hashes. Where the result is another one, the step and its files are named, and the exit code is 1. With --pull,
what \`sandstack image push\` has left in a registry is taken in and compared instead; nothing is made.
`;

export function define(command: Command, context: Context): void {
  command
    .argument("[image...]", "names of images (default: all that the program declares)")
    .option(...STACK_OPTION)
    .option("--pull <ref>", "compare the image that a registry has, in place of making it")
    .option(...TLS_OPTION)
    .option(...JSON_OPTION)
    .option("--verbose", "say more about errors")
    .addHelpText("after", EXAMPLES)
    .action(async (names: string[], values: VerifyValues) =>
      (await import("../stack/verify.js")).verify(names, values, context),
    );
}
