import type { Command } from "commander";
import { SandstackError } from "../../model/error";
import { notice } from "../notice";
import { JSON_OPTION, printJson } from "../options/json";
import { STACK_OF_SANDBOX } from "../options/stack";
import { reportErrors } from "../report";
import { print } from "../output";

const EXAMPLES = `
Examples:
  sandstack kill agent
  sandstack kill $(sandstack ls --quiet)
`;

export function define(command: Command): void {
  command
    .argument("<sandbox...>", "names, ids or connections")
    .option(...STACK_OF_SANDBOX)
    .option(...JSON_OPTION)
    .addHelpText("after", EXAMPLES)
    .action(async (targets: string[], { json, stack }: { json?: boolean; stack?: string }) => {
      const { Sandbox } = await import("../../../runtime/index.js");
      const { sandboxNamed } = await import("../stack/declared.js");
      const ended: { sandbox: string; killed: boolean }[] = [];
      const problems: SandstackError[] = [];
      for (const sandbox of targets) {
        try {
          ended.push({ sandbox, killed: await Sandbox.kill(await sandboxNamed(sandbox, stack)) });
        } catch (error) {
          problems.push(SandstackError.from(error));
        }
      }
      if (json) printJson(ended);
      else for (const { sandbox, killed } of ended) say(sandbox, killed);
      reportErrors(problems);
    });
}

function say(sandbox: string, killed: boolean): void {
  if (killed) print(`${sandbox}\n`);
  else notice(`${sandbox} had ended already`, { always: true });
}
